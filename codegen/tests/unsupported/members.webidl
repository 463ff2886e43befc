[Global=Page, Exposed=Page] interface Page {};
[Exposed=Page] interface E { [HTMLConstructor] constructor(); };
[Global=Named, Exposed=Named] interface N { getter long (DOMString name); };
[Exposed=Page] interface S { getter long (unsigned long i); setter any (unsigned long i, long value); };
