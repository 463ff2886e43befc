[Global=Window, Exposed=Window] interface Window {
  getter long (unsigned long index);
};
[Exposed=Window] interface I {
  [PutForwards=nothing] readonly attribute I forwarded;
  [PutForwards=a] readonly attribute long number;
  [Replaceable] attribute long replaceable;
  [SameObject] attribute I same;
  inherit attribute long inherited;
  iterable<long>;
  setter undefined (DOMString name, long value);
  attribute long a;
};
