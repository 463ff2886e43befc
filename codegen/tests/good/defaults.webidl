[Global=Window, Exposed=Window]
interface Window {
  undefined defaults(
    optional DOMString? a = null, optional any b = null, optional any c = undefined, optional boolean d = true,
    optional double e = 1, optional unrestricted double f = Infinity, optional Mode g = "fast",
    optional sequence<long> h = [], optional Options i = {}, optional (Options or DOMString) j = {},
    optional (boolean or double) k = 2, optional (boolean or double) l = 2.5, optional (DOMString or Window)? m = "x",
    optional (undefined or long) n = undefined, optional (boolean or DOMString)? o = null, optional long p = -0,
    optional [Clamp] octet q = 0xFF, optional any r = "text");
};
enum Mode { "slow", "fast" };
dictionary Mode2 { required long x; };
dictionary Options {
  double? ratio = null;
  DOMString name = "name, with = and ; and }";
  (long or DOMString) union = "x";
};
