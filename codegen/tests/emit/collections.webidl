[Global=Page, Exposed=Page] interface Page {};
[Exposed=Page] interface Map { maplike<DOMString, [Clamp] long>; };
[Exposed=Page] interface OwnMap { maplike<DOMString, Page>; boolean delete(DOMString key); };
[Exposed=Page] interface Fixed { readonly maplike<long, any>; };
[Exposed=Page] interface Set { setlike<Page>; };
[Exposed=Page] interface FixedSet { readonly setlike<USVString>; };
[Exposed=Page] interface Pairs { async_iterable<DOMString, Page>; };
