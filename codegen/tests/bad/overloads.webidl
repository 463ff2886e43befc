[Exposed=*] interface I {
  constructor(DOMString a);
  constructor(E a);
  undefined a(long x);
  undefined a(double x);
  undefined b(long x, DOMString y);
  undefined b(octet x, I y);
  undefined c(DOMString x);
  Promise<undefined> c(I x);
  undefined d(any... rest);
  undefined d(I x, I y);
  undefined fine(DOMString x, DOMString y, optional I? z);
  undefined fine(DOMString x, I y);
};
enum E { "e" };
