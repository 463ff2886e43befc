[Global=Page, Exposed=Page] interface Page { getter object (DOMString name); };
[Global=Worker, Exposed=Worker] interface Worker { getter Page? named(DOMString name); };
[Exposed=Page, Serializable] interface Data {};
[Exposed=Page, Serializable, Transferable] interface Bitmap : Data {};
[Exposed=Page, Transferable] interface Port {};
[Exposed=Page] interface Neither : Data {};
