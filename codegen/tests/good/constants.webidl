[Global=Window, Exposed=Window]
interface Window {
  const unsigned short ZERO = 0;
  const short NEGATIVE = -32768;
  const long OCTAL = 017;
  const unsigned long long HEX = 0xFFFFFFFFFFFFFFFF;
  const byte NEGATIVE_HEX = -0x80;
  const boolean YES = true;
  const double HALF = .5;
  const float THOUSAND = 1e3;
  const float WHOLE = 3;
  const unrestricted double ENDLESS = -Infinity;
  const unrestricted float NOTHING = NaN;
  const Small ALIAS = 7;
};
typedef octet Small;
