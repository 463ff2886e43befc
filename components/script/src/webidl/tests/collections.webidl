// `maplike`, `setlike`, and pairs that come later.

[Exposed=TestGlobal]
interface TestMap {
  constructor();
  maplike<DOMString, long>;
};

[Exposed=TestGlobal]
interface TestFixedMap {
  constructor();
  readonly maplike<double, TestBase>;
  undefined put(double key, TestBase value);
};

[Exposed=TestGlobal]
interface TestSet {
  constructor();
  setlike<TestBase>;
  boolean delete(TestBase value);
};

[Exposed=TestGlobal]
interface TestLater {
  constructor();
  async_iterable<DOMString, long>;
};
