[Global=Window, Exposed=Window] interface Window {};
[Exposed=Window] interface Values {
  getter DOMString? item(unsigned long index);
  readonly attribute unsigned long length;
  iterable<DOMString?>;
};
[Exposed=Window] interface Pairs { iterable<USVString, [Clamp] long>; };
[Exposed=Window] interface Later { async_iterable<any>(optional Options options = {}); };
[Exposed=Window] interface LaterPairs { async_iterable<DOMString, sequence<[EnforceRange] long>>; };
[Exposed=Window] interface Map { readonly maplike<DOMString, Values>; };
[Exposed=Window] interface Set { setlike<DOMString>; };
[Exposed=Window, LegacyUnenumerableNamedProperties, LegacyOverrideBuiltIns]
interface Named {
  getter any namedItem(DOMString name);
  setter undefined (DOMString name, any value);
  deleter undefined (DOMString name);
};
[Exposed=Window] interface Inheriting : Values {
  setter undefined (unsigned long index, DOMString value);
};
dictionary Options { boolean preventCancel = false; };
