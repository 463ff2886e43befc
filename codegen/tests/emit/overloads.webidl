[Global=Page, Exposed=Page] interface Page {
  undefined mixed(long a);
  DOMString mixed(DOMString a, optional long b);
  any mixed(Page a);
  object mixed(DOMString a, Page b);
  undefined after(DOMString first, long a);
  undefined after(DOMString first, sequence<long> a);
  undefined after(DOMString first, async_sequence<long> a, long b);
  undefined many(Page... pages);
  undefined many(DOMString a, long b);
};
