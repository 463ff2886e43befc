[Global=Page, Exposed=Page] interface Page {};
[Exposed=Page] interface A { maplike<DOMString, long>; };
[Exposed=Page] interface B { setlike<DOMString>; };
[Exposed=Page] interface C { async_iterable<DOMString, long>; };
[Exposed=Page, LegacyFactoryFunction=Image(long width)] interface D {};
[Exposed=Page] interface E { [HTMLConstructor] constructor(); };
[Exposed=Page] interface F { getter long (unsigned long i); setter undefined (unsigned long i, long value); };
[Exposed=Page] callback interface G { const long X = 1; undefined run(); };
