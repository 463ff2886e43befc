[Exposed=*] interface I {
  undefined ();
  attribute long constructor;
  DOMString toString();
  undefined variadic(any... first, long second);
  getter long (unsigned long a, long b);
  getter long (double a);
  deleter undefined (unsigned long index);
  setter undefined (DOMString name, long value);
  stringifier long number();
  inherit readonly attribute long inherited;
  async_iterable<long>(long required);
};
callback interface Two { undefined a(); undefined b(); };
callback interface Attribute { attribute long a; undefined b(); };
callback interface None {};
[Exposed=*] interface Partial {};
partial interface Partial { constructor(); };
