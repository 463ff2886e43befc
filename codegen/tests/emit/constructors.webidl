[Global=Page, Exposed=Page] interface Page {};
[Exposed=Page, LegacyFactoryFunction=Image(optional unsigned long width), LegacyFactoryFunction=Image(Page page, long height)]
interface HTMLImage { constructor(DOMString name); };
[Exposed=Page] namespace Wasm {};
[Exposed=Page, LegacyNamespace=Wasm] interface Module {};
[Exposed=Page] callback interface Filter { const unsigned short ACCEPT = 1; const boolean YES = true; short accept(Page page); };
