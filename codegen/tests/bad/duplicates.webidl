[Global=Window, Exposed=Window]
interface Window {
  const long a = 1;
  attribute long a;
  undefined a();
  static undefined a();
  static attribute long b;
  static undefined b();
  undefined arguments(long x, long x);
  iterable<long, long>;
  maplike<long, long>;
  stringifier;
  stringifier attribute DOMString text;
  getter long (unsigned long index);
  getter long other(unsigned long index);
};
partial interface Window { attribute DOMString fromMixin; };
interface mixin Mixin { undefined fromMixin(); };
Window includes Mixin;
dictionary Base { long x; };
dictionary Derived : Base { long y; DOMString x; DOMString y; };
partial dictionary Derived { long y; };
enum Values { "a", "b", "a" };
