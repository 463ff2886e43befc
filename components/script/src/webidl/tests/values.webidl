// Types that test.webidl has no room for.

[Exposed=TestGlobal]
callback interface TestLegacyCallback {
  const unsigned short ACCEPT = 1;
  const boolean YES = true;
  long compute(long number);
};

dictionary TestKept {
  bigint big;
  symbol sign;
  FrozenArray<long> list;
};

[Exposed=TestGlobal]
interface TestValues {
  constructor();
  bigint passBigInt(bigint x);
  bigint? passNullableBigInt(optional bigint? x = null);
  boolean hasBigInt(optional bigint x);
  symbol passSymbol(symbol x);
  attribute symbol mark;
  attribute FrozenArray<long> list;
  DOMString describeFrozen(FrozenArray<DOMString> x);
  DOMString describeKept(optional TestKept x = {});
  Promise<DOMString> concat(async_sequence<DOMString> x, optional unsigned long limit = 100);
  DOMString describeNumeric((double or bigint) x);
  DOMString describeChoice((bigint or symbol or boolean or DOMString) x);
  DOMString describeAsync((async_sequence<long> or DOMString) x);
  unsigned long lengthOf([AllowShared, AllowResizable] ArrayBufferView x);
  unsigned long lengthOfPlain(ArrayBufferView x);
  attribute ObservableArray<long> numbers;
  attribute ObservableArray<TestBase> objects;
  DOMString takeLog();
};
