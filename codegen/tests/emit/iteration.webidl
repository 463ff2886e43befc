[Global=Page, Exposed=Page] interface Page {};
[Exposed=Page] interface Pairs { iterable<ByteString, Page>; };
[Exposed=Page] interface List { readonly attribute unsigned long length; getter Page? item(unsigned long index); iterable<Page>; };
[Exposed=Page, LegacyOverrideBuiltIns] interface Named { getter DOMString (DOMString name); };
[Exposed=Page] interface Later { async_iterable<any>(optional LaterOptions options = {}); };
dictionary LaterOptions { boolean all = false; };
