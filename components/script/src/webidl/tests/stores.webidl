// Legacy platform objects that can be changed.

[Exposed=TestGlobal]
interface TestList {
  constructor();
  readonly attribute unsigned long length;
  getter DOMString (unsigned long index);
  setter undefined (unsigned long index, DOMString value);
};

[Exposed=TestGlobal]
interface TestChildList : TestList {
  constructor();
  getter any namedThing(DOMString name);
};

[Exposed=TestGlobal]
interface TestStore {
  constructor();
  getter DOMString? (DOMString name);
  setter undefined (DOMString name, [LegacyNullToEmptyString] DOMString value);
  deleter boolean (DOMString name);
  readonly attribute DOMString builtIn;
  [LegacyUnforgeable] readonly attribute DOMString fixed;
};

[Exposed=TestGlobal, LegacyOverrideBuiltIns]
interface TestOverriding {
  constructor();
  getter DOMString get(DOMString name);
  setter undefined set(DOMString name, DOMString value);
  deleter undefined remove(DOMString name);
  [LegacyUnforgeable] readonly attribute DOMString fixed;
};

[Exposed=TestGlobal]
interface TestCountless {
  constructor();
  getter unsigned long (unsigned long index);
};
