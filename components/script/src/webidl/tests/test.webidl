// What the tests of the bindings use: features that product IDL may not show.

[Global=TestGlobal, Exposed=TestGlobal]
interface TestGlobal : EventTarget {
  readonly attribute DOMString globalName;
  [Replaceable] readonly attribute long replaceable;
  [LegacyUnforgeable] readonly attribute TestGlobal fixed;
  DOMString greet(DOMString name);
  undefined collectGarbage();
  attribute EventHandler onping;
  getter TestBase? (DOMString name);
};

enum TestEnum { "", "one", "two-three" };

dictionary TestParent {
  long inParent = 7;
};

dictionary TestDictionary : TestParent {
  boolean flag = true;
  DOMString text;
  TestEnum choice = "one";
  sequence<long> numbers = [];
  any anything = null;
  TestBase object;
  TestFunction function;
};

dictionary TestRequired {
  required DOMString needed;
};

callback TestFunction = DOMString (long number, optional any value);
callback TestPromiseFunction = Promise<long> ();
callback interface TestCallback {
  long compute(long number);
};

interface mixin TestMixin {
  readonly attribute DOMString fromMixin;
};

[Exposed=TestGlobal]
interface TestBase {
  constructor(optional DOMString name = "unnamed");
  attribute DOMString name;
  readonly attribute DOMString kind;
  undefined setOther(TestBase? other);
  readonly attribute TestBase? other;
};
TestBase includes TestMixin;

[Exposed=TestGlobal]
interface TestDerived : TestBase {
  constructor(DOMString name, long number);
  readonly attribute long number;
};

[Exposed=TestGlobal]
interface TestWithoutConstructor {
};

[Exposed=(TestGlobal,Window)]
interface TestBinding : EventTarget {
  constructor();

  // Types.
  boolean passBoolean(boolean x);
  byte passByte(byte x);
  octet passOctet(octet x);
  octet passClampedOctet([Clamp] octet x);
  octet passEnforcedOctet([EnforceRange] octet x);
  unsigned long long passUnsignedLongLong(unsigned long long x);
  long long passEnforcedLongLong([EnforceRange] long long x);
  double passDouble(double x);
  unrestricted double passUnrestrictedDouble(unrestricted double x);
  float passFloat(float x);
  DOMString passDOMString(DOMString x);
  DOMString passNullToEmpty([LegacyNullToEmptyString] DOMString x);
  USVString passUSVString(USVString x);
  ByteString passByteString(ByteString x);
  any passAny(any x);
  object passObject(object x);
  object? passNullableObject(object? x);
  TestBase passInterface(TestBase x);
  TestBase? passNullableInterface(TestBase? x);
  TestEnum passEnum(TestEnum x);
  sequence<long> passSequence(sequence<long> x);
  sequence<TestBase> passInterfaceSequence(sequence<TestBase> x);
  record<DOMString, long> passRecord(record<DOMString, long> x);
  record<USVString, any> passAnyRecord(record<USVString, any> x);
  (long or DOMString) passNumberOrString((long or DOMString) x);
  DOMString describeUnion(optional (TestBase or sequence<long> or TestDictionary or BufferSource or boolean or DOMString) x = {});
  long? passNullableLong(long? x);
  DOMString passBuffer(BufferSource x);
  Uint8Array makeBytes(long length);

  // Dictionaries.
  DOMString describeDictionary(optional TestDictionary x = {});
  DOMString describeRequired(TestRequired x);
  TestDictionary makeDictionary();

  // Arguments.
  DOMString optionals(long a, optional long b, optional long c = 3, optional DOMString? d = null);
  DOMString variadic(DOMString first, long... rest);
  DOMString overloaded();
  DOMString overloaded(long a);
  DOMString overloaded(DOMString a);
  DOMString overloaded(TestBase a, optional long b);
  DOMString overloaded(DOMString a, DOMString b);

  // Callbacks.
  DOMString callFunction(TestFunction f, any value);
  Promise<any> callPromiseFunction(TestPromiseFunction f);
  long callInterface(TestCallback c);
  undefined keepFunction(TestFunction? f);
  DOMString callKept();

  // Promises.
  Promise<long> promise(long x);
  Promise<undefined> failing();
  Promise<long> wait(Promise<long> p);
  readonly attribute Promise<long> ready;
  undefined settleReady(long x);

  // Attributes.
  attribute boolean flag;
  attribute TestEnum choice;
  attribute any anything;
  attribute DOMString? nullableText;
  [SameObject] readonly attribute TestBase same;
  [PutForwards=name] readonly attribute TestBase forwards;
  [LegacyLenientThis] readonly attribute long lenient;
  static readonly attribute DOMString staticText;
  readonly attribute FrozenArray<DOMString> frozen;
  attribute EventHandler onping;

  static DOMString staticOperation(long x);
  stringifier;

  const unsigned short ANSWER = 42;
  const boolean YES = true;
  const double HALF = 0.5;

  undefined throwTypeError();
  undefined throwInvalidState();
  undefined throwQuota();
  undefined doPanic();
  [Exposed=Window] undefined notHere();
  [SecureContext] undefined secureOnly();
  [Unscopable] undefined unscopable();
};

[Exposed=TestGlobal]
interface TestPairs {
  constructor();
  undefined append(DOMString key, long value);
  iterable<DOMString, long>;
};

[Exposed=TestGlobal]
interface TestIndexed {
  constructor();
  undefined push(DOMString x);
  readonly attribute unsigned long length;
  getter DOMString? item(unsigned long index);
  iterable<DOMString>;
};

[Exposed=TestGlobal, LegacyUnenumerableNamedProperties]
interface TestNamed {
  constructor();
  getter DOMString? namedItem(DOMString name);
  readonly attribute DOMString builtIn;
};

[Exposed=TestGlobal]
namespace testing {
  DOMString shout(DOMString x);
  const long VERSION = 3;
};
