[Global=Window, Exposed=Window] interface Window {};
callback Empty = undefined ();
[LegacyTreatNonObjectAsNull] callback Handler = any ((DOMString or Window) event, optional unsigned long line, any... rest);
callback Later = Promise<undefined> (Empty? then);
callback interface Listener { undefined handle(Window window); };
[Exposed=Window] callback interface Filter {
  const unsigned short ACCEPT = 1;
  unsigned short accept(Window node);
};
