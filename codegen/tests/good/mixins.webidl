// A comment at the start; "a string", `and` a } in it
[Global=Window, Exposed=Window] interface Window {};
[Global=(Worker,ServiceWorker), Exposed=ServiceWorker, SecureContext] interface ServiceWorkerGlobalScope {};

Window includes Both;
ServiceWorkerGlobalScope includes Both;

interface mixin Both {
  readonly attribute long everywhere;
  [Exposed=Window] readonly attribute long windowOnly;
  [SecureContext] undefined secure();
};
[Exposed=ServiceWorker, SecureContext]
partial interface mixin Both {
  const long WORKER_ONLY = 1;
};
partial interface Window { /* a comment; with a { */ undefined fromPartial(); };
[SecureContext, CrossOriginIsolated] partial interface Window { readonly attribute long isolated; };
[Exposed=(Window,Worker)] interface Node { stringifier; };
[Exposed=Window] partial interface Node { undefined windowPart(); };
[Exposed=*] interface Star { [Exposed=Worker] undefined workerPart(); };
[Exposed=DedicatedWorker] interface Elsewhere {};
[LegacyNoInterfaceObject, Exposed=Window] interface Hidden {};
// no newline at the end