[Global=Page, Exposed=Page] interface Page {};
[Exposed=Page] interface Base { readonly attribute DOMString name; readonly attribute Page page; [Default] object toJSON(); };
[Exposed=Page] interface Middle : Base { readonly attribute long left; };
[Exposed=Page] interface Leaf : Middle {
  readonly attribute Base base;
  readonly attribute FrozenArray<double> numbers;
  readonly attribute object? extra;
  readonly attribute any skipped;
  [SecureContext, CrossOriginIsolated] readonly attribute long secret;
  [Default] object toJSON();
};
