[Global=Page, Exposed=Page] interface Page {};
[Exposed=Page] interface List {
  readonly attribute unsigned long length;
  getter Page (unsigned long index);
  setter undefined (unsigned long index, Page? page);
};
[Exposed=Page, LegacyUnenumerableNamedProperties] interface Collection : List {
  getter object? named(DOMString name);
};
[Exposed=Page, LegacyOverrideBuiltIns] interface Store {
  getter DOMString (DOMString name);
  setter undefined set(DOMString name, [LegacyNullToEmptyString] DOMString value);
  deleter boolean (DOMString name);
};
[Exposed=Page] interface Countless { getter any (unsigned long index); };
