// Members of all kinds that test.webidl has no room for.

[Exposed=TestGlobal]
interface TestNamedBase {
  constructor();
  readonly attribute DOMString label;
  readonly attribute TestBase skipped;
  [Default] object toJSON();
};

[Exposed=TestGlobal, LegacyFactoryFunction=TestPicture(optional unsigned long width = 1), LegacyFactoryFunction=TestPicture(DOMString label, long height)]
interface TestNamedDerived : TestNamedBase {
  inherit attribute DOMString label;
  readonly attribute TestNamedBase parent;
  readonly attribute object? extra;
  [CrossOriginIsolated] readonly attribute long isolated;
  [LegacyLenientThis] readonly attribute any lenientAny;
  [LegacyLenientSetter] readonly attribute long fixed;
  static attribute any shared;
  static readonly attribute Promise<long> ready;
  static readonly attribute object thing;
  any mixed(long a);
  DOMString mixed(DOMString a, optional long b);
  undefined mixed(TestBase a);
  object mixed(DOMString a, TestBase b);
  DOMString after(DOMString first, long a);
  DOMString after(DOMString first, sequence<long> a);
  DOMString many(TestBase... bases);
  DOMString many(DOMString a, long b);
  undefined later();
  [Default] object toJSON();
};

// Objects that keep values.
[Exposed=TestGlobal]
interface TestKeeps {
  constructor();
  readonly attribute DOMString text;
  readonly attribute long number;
  [LegacyUnforgeable] readonly attribute long fixed;
  undefined setText(DOMString text);
  [Default] object toJSON();
};

[Exposed=TestGlobal]
interface TestKeepsMore : TestKeeps {
  constructor();
  readonly attribute DOMString more;
};

[Exposed=TestGlobal]
namespace testSettings {
  readonly attribute DOMString mode;
  readonly attribute any data;
  const long VERSION = 3;
};

[Exposed=TestGlobal, LegacyNamespace=testSettings]
interface TestInside {
};

[Exposed=TestGlobal, CrossOriginIsolated]
interface TestIsolated {
};

[Exposed=TestGlobal]
interface TestFeature {
};
