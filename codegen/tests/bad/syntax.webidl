interface { };
[Exposed=Window] interface NoSemicolon { undefined a() undefined b(); attribute long c; }
[Exposed=Window] interface Members {
  undefined fine();
  readonly long oops;
  readonly attribute any? nothing;
  attribute sequence< long;
};
[] dictionary Empty { long x; long }
dictionary TwoBad { long 1x; required y; boolean z; };
typedef long interface;
typedef (long) Single;
enum Nothing { };
enum Numbers { 1, 2 };
A implements B;
;
what is this;
[Exposed=Window] interface any { legacycaller undefined (long x); };
callback interface Child : Parent { undefined go(); };
const long X = 99999999999999999999999999999999999999999;
"unfinished
