[Global=Page, Exposed=Page] interface Page {};
[Global=(Worker, SharedWorker), Exposed=SharedWorker, SecureContext] interface Shared {};
[Exposed=(Page, Worker)] interface Everywhere { [Exposed=Page] undefined here(); [SecureContext] undefined safe(); };
[Exposed=Worker, LegacyNoInterfaceObject] interface Hidden : Everywhere {};
[Exposed=Page, LegacyWindowAlias=oldName] interface Aliased {};
[Exposed=*] namespace console { undefined log(any... data); const long VERSION = 1; };
interface mixin Body { readonly attribute boolean used; [Unscopable] undefined cancel(); };
Aliased includes Body;
