[Global=Window, Exposed=Window] interface Window {};
[Global=(Worker,ServiceWorker), Exposed=ServiceWorker] interface ServiceWorkerGlobalScope {};
interface NotExposed {};
[Exposed=Windw] interface Unknown {};
[Exposed=()] interface EmptyList {};
[Exposed] interface NoValue {};
[Exposed=Window] interface Base {};
[Exposed=(Window,Worker)] interface Derived : Base {};
[Exposed=Window] interface Members { [Exposed=(Window,ServiceWorker)] undefined a(); };
[Exposed=Worker] partial interface Members { undefined b(); };
namespace space {};
callback interface Constants { const long A = 1; undefined a(); };
[Exposed=(Window,DedicatedWorker)] interface InWorkers { [Exposed=SharedWorker] undefined a(); };
[Exposed=(Window,Worker)] interface Overloads {
  undefined a(long x);
  [Exposed=Window] undefined a(DOMString x, long y);
};
[Exposed=Window, Global=*] interface Odd {};
