[Global=Page, Exposed=Page] interface Page { undefined on(Listener? listener, Filter filter, Pull pull, Handler handler); };
callback interface Listener { undefined handle(Page page); };
callback Filter = boolean (DOMString name, long... counts);
callback Pull = Promise<undefined> (Page page, optional any reason);
[LegacyTreatNonObjectAsNull] callback Handler = any (Page page);
