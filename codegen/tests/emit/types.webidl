[Global=Page, Exposed=Page] interface Page {
  bigint big(bigint a, optional bigint b, optional bigint? c = null);
  symbol sign(symbol a, optional symbol b);
  attribute symbol mark;
  attribute FrozenArray<long> list;
  attribute FrozenArray<DOMString>? names;
  undefined frozen(FrozenArray<Page> pages);
  undefined drain(async_sequence<DOMString> lines, optional async_sequence<long> numbers);
  undefined shared([AllowShared] Uint8Array a, [AllowResizable] BufferSource b, [AllowShared, AllowResizable] ArrayBufferView c);
  undefined numbers([Clamp] octet a, [EnforceRange] long long b, unrestricted float c);
  undefined text([LegacyNullToEmptyString] DOMString a);
  undefined either((double or bigint) a, (bigint or DOMString or symbol) b, (async_sequence<long> or DOMString) c);
};
enum Signs { "a-b", "a b", "+", "" };
dictionary Kept { bigint big; symbol sign; FrozenArray<long> list; };
