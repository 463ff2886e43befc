[Global=Page, Exposed=Page] interface Page { [Replaceable, LegacyLenientThis] readonly attribute Page self; };
[Exposed=Page] interface Base { readonly attribute DOMString name; readonly attribute any tag; };
[Exposed=Page] interface Derived : Base {
  inherit attribute DOMString name;
  inherit attribute any tag;
  [LegacyLenientThis] readonly attribute any lenient;
  [LegacyLenientThis] readonly attribute Promise<long> lenientPromise;
  [LegacyLenientSetter] readonly attribute long fixed;
  [PutForwards=name, LegacyLenientThis] readonly attribute Derived other;
  static attribute any shared;
  static readonly attribute Promise<undefined> ready;
  static readonly attribute object thing;
};
[Exposed=Page] namespace settings { readonly attribute DOMString mode; readonly attribute any data; };
