// What structured cloning takes along.

[Exposed=TestGlobal, Serializable]
interface TestRecord {
  constructor(DOMString text);
  readonly attribute DOMString text;
  static any clone(any value, optional sequence<object> transfer = []);
  static TestElsewhere elsewhere();
};

[Exposed=TestGlobal]
interface TestChildRecord : TestRecord {
  constructor(DOMString text);
};

[Exposed=Window, Serializable]
interface TestElsewhere {
};

[Exposed=TestGlobal, Transferable]
interface TestToken {
  constructor(DOMString text);
  readonly attribute DOMString? text;
};
