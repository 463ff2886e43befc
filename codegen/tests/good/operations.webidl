[Global=Window, Exposed=Window] interface Window {};

[Exposed=Window]
interface Operations {
  constructor();
  constructor(DOMString name, optional long count = 1);
  undefined plain();
  [NewObject] Promise<sequence<DOMString?>> names(optional boolean all);
  static long counted(any first, any... rest);
  DOMString overloaded(DOMString text);
  DOMString overloaded(long number, optional DOMString text);
  DOMString overloaded(Operations other, any... more);
  undefined escaped(DOMString interface, long _or, optional any arguments);
  undefined keyword(optional async_sequence<any> items);
  undefined generic(sequence<[EnforceRange] unsigned long> numbers, record<ByteString, [Clamp] octet> map);
  undefined nested(sequence<record<DOMString, sequence<[AllowShared] Uint8Array?>>> deep);
  undefined middle(optional long a = 1, DOMString b, optional long c);
  static undefined plain();
  stringifier DOMString toText();
};
