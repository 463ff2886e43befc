[Global=Page, Exposed=Page] interface Page {
  attribute ObservableArray<Page> pages;
  readonly attribute ObservableArray<[Clamp] octet> bytes;
};
