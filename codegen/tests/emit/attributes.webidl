[Global=Page, Exposed=Page] interface Page : EventTarget { [Replaceable] readonly attribute Page self; };
[Exposed=*] interface EventTarget {};
callback EventHandlerNonNull = any (Page event);
typedef EventHandlerNonNull? EventHandler;
enum Mode { "fast", "very-slow" };

[Exposed=Page]
interface Player : EventTarget {
  readonly attribute DOMString title;
  attribute double rate;
  attribute Mode mode;
  attribute any tag;
  readonly attribute object thing;
  readonly attribute Player? next;
  [SameObject] readonly attribute Player first;
  [PutForwards=title] readonly attribute Player other;
  readonly attribute Promise<undefined> ready;
  [LegacyUnforgeable] readonly attribute boolean trusted;
  [LegacyLenientThis] attribute long lenient;
  [SecureContext] static readonly attribute unsigned long count;
  attribute EventHandler onplay;
};
