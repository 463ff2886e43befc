[Global=Window, Exposed=Window] interface Window {};

[Exposed=Window]
interface Base {
  readonly attribute boolean first;
  attribute [LegacyNullToEmptyString] DOMString data;
  [LegacyNullToEmptyString] attribute DOMString? nullableData;
  attribute [EnforceRange] unsigned long long big;
  [Clamp] attribute octet? small;
  static attribute double ratio;
  static readonly attribute unrestricted float loose;
  stringifier attribute USVString text;
  readonly attribute Promise<undefined> ready;
  attribute EventHandler onthing;
  attribute bigint number;
  attribute symbol sign;
  attribute object thing;
  attribute any whatever;
  attribute (undefined or DOMString) maybe;
  readonly attribute FrozenArray<DOMString> list;
  attribute ObservableArray<Base> observed;
  attribute Float16Array halves;
  attribute SharedArrayBuffer shared;
  [Unscopable, SameObject] readonly attribute Base self;
  [PutForwards=text] readonly attribute Base forwarded;
  [Replaceable] readonly attribute long replaceable;
  [LegacyLenientSetter] readonly attribute long lenient;
};

[Exposed=Window]
interface Derived : Base {
  inherit attribute bigint number;
};

callback EventHandlerNonNull = any (any event);
typedef EventHandlerNonNull? EventHandler;
