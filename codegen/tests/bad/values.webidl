dictionary D {
  long a = "1";
  octet b = 256;
  octet c = -1;
  DOMString d = null;
  DOMString e = 1;
  boolean f = 1;
  E g = "missing";
  double h = Infinity;
  sequence<long> i = {};
  D2 j = [];
  long k = undefined;
  (long or boolean) l = "x";
  long n = 1.5;
};
dictionary D2 {};
enum E { "e" };
[Exposed=*] interface I {
  const octet A = 300;
  const boolean B = 1;
  const long C = 1.0;
  const double D = NaN;
  const long F = null;
};
