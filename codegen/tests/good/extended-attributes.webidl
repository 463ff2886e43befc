[Global=(Window), Exposed=Window] interface Window {};
[Exposed=Window,
 LegacyFactoryFunction=Image(optional unsigned long width, optional [Clamp] octet height),
 LegacyFactoryFunction=Image(DOMString name),
 LegacyWindowAlias=(WebKitThing,MozThing), LegacyNamespace=Space, Serializable, Transferable]
interface Thing {
  [ReflectDefault=1, ReflectRange=(0, 8)] attribute unsigned long number;
  [Reflect="http-equiv"] attribute DOMString string;
  [ReflectDefault=1.5] attribute double decimal;
  [Keywords=("a,b", "c)")] attribute DOMString list;
  [Calls(DOMString x, optional long y = 3), Wild=*, Name=other, Names=(one, two), Bare] undefined mixed();
};
[Exposed=Window] namespace Space {
  const long ANSWER = 42;
  readonly attribute Thing thing;
  [Default] object toJSON();
  undefined log(any... data);
};
[SecureContext] partial namespace Space { undefined added(); };
