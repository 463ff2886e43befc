//! Service workers, from a page's script to a worker's and back.

use crate::support::{Site, World};

#[test]
fn a_registered_worker_installs_activates_and_becomes_ready() {
    let world = World::new(
        Site::default()
            .script("/sw.js", "self.oninstall = event => event.waitUntil(Promise.resolve());")
            .page(
                "/",
                r#"
                const registration = await navigator.serviceWorker.register("/sw.js");
                const worker = registration.installing;
                console.log(worker.state, worker.scriptURL, registration.scope, registration.active);
                worker.onstatechange = () => console.log(worker.state);
                const ready = await navigator.serviceWorker.ready;
                console.log(ready === registration, ready.active === worker);
                "#,
            ),
    );
    let page = world.open("/");
    page.logs("installing https://site.test/sw.js https://site.test/ null");
    page.logs("installed");
    page.logs("activating");
    page.logs("true true");
    page.logs("activated");
}

#[test]
fn the_installation_waits_for_its_lifetime_promises() {
    let world = World::new(
        Site::default()
            .script(
                "/sw.js",
                r#"
                let finish;
                self.addEventListener("install", event => event.waitUntil(new Promise(resolve => finish = resolve)));
                self.addEventListener("message", () => finish());
                "#,
            )
            .page(
                "/",
                r#"
                const { installing } = await navigator.serviceWorker.register("/sw.js");
                installing.onstatechange = () => console.log(installing.state);
                console.log(installing.state);
                installing.postMessage("finish");
                "#,
            ),
    );
    let page = world.open("/");
    page.logs("installing");
    page.logs("installed");
}

#[test]
fn an_installation_whose_promise_rejects_makes_the_worker_redundant() {
    let world = World::new(
        Site::default()
            .script("/sw.js", r#"oninstall = event => event.waitUntil(Promise.reject(new Error("no")));"#)
            .page(
                "/",
                r#"
                const registration = await navigator.serviceWorker.register("/sw.js");
                const worker = registration.installing;
                await new Promise(resolve => worker.onstatechange = resolve);
                console.log(worker.state);
                while (registration.installing) await new Promise(resolve => setTimeout(resolve));
                console.log(registration.installing);
                "#,
            ),
    );
    let page = world.open("/");
    page.logs("redundant");
    page.logs("null");
}

#[test]
fn a_script_that_throws_rejects_the_registration() {
    let world = World::new(
        Site::default()
            .script("/throws.js", "throw new Error('at once');")
            .script("/unparsable.js", "this is no script")
            .page(
                "/",
                r#"
                console.log(await outcome(navigator.serviceWorker.register("/throws.js")));
                console.log(await outcome(navigator.serviceWorker.register("/unparsable.js")));
                console.log(await outcome(navigator.serviceWorker.register("/missing.js")));
                console.log(await outcome(navigator.serviceWorker.register("https://other.test/sw.js")));
                console.log(await outcome(navigator.serviceWorker.register("https://:0/")));
                console.log(await navigator.serviceWorker.getRegistration());
                "#,
            ),
    );
    let page = world.open("/");
    for error in ["TypeError", "TypeError", "TypeError", "SecurityError", "TypeError"] {
        page.logs(error);
    }
    page.logs("undefined");
}

#[test]
fn messages_go_both_ways_and_name_their_sender() {
    let world = World::new(
        Site::default()
            .script(
                "/sw.js",
                r#"
                onmessage = event => {
                    const client = event.source;
                    client.postMessage({
                        got: event.data, origin: event.origin, isClient: client instanceof WindowClient,
                        url: client.url, type: client.type, frameType: client.frameType,
                    });
                };
                "#,
            )
            .page(
                "/",
                r#"
                const registration = await ready();
                navigator.serviceWorker.onmessage = event => {
                    console.log(JSON.stringify(event.data), String(event.data.got.get("k")));
                    console.log(event.origin, event.source === registration.active);
                };
                registration.active.postMessage(new Map([["k", [1, new Date(0)]]]));
                "#,
            ),
    );
    let page = world.open("/");
    page.logs(
        r#"{"got":{},"origin":"https://site.test","isClient":true,"url":"https://site.test/","type":"window","frameType":"top-level"} 1,Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)"#,
    );
    page.logs("https://site.test true");
}

#[test]
fn what_cannot_be_cloned_is_an_exception_where_it_is_sent() {
    let world = World::new(Site::default().script("/sw.js", "").page(
        "/",
        r#"
        const { active } = await ready();
        for (const what of [() => {}, Symbol(), navigator.serviceWorker, { deep: [new Response()] }]) {
            try { active.postMessage(what); console.log("sent"); }
            catch (error) { console.log(error.name, error instanceof DOMException); }
        }
        "#,
    ));
    let page = world.open("/");
    for _ in 0..4 {
        page.logs("DataCloneError true");
    }
}

#[test]
fn an_array_buffer_can_be_transferred_to_a_worker() {
    let world = World::new(
        Site::default()
            .script(
                "/sw.js",
                "onmessage = ({ data, source }) => source.postMessage(new Uint8Array(data)[1]);",
            )
            .page(
                "/",
                r#"
                const { active } = await ready();
                const { buffer } = new Uint8Array([7, 42]);
                const answer = nextMessage();
                active.postMessage(buffer, [buffer]);
                console.log(buffer.byteLength, await answer);
                "#,
            ),
    );
    world.open("/").logs("0 42");
}

#[test]
fn messages_wait_until_the_document_is_parsed_or_messages_are_started() {
    let world = World::new(
        Site::default()
            .script("/sw.js", "onmessage = ({ data, source }) => source.postMessage(data);")
            .page("/", "await ready(); console.log('registered');")
            .document(
                "/second",
                r#"<!DOCTYPE html><script>
                    navigator.serviceWorker.addEventListener("message", ({ data }) => console.log(data));
                    document.addEventListener("DOMContentLoaded", () => console.log("parsed"));
                    navigator.serviceWorker.controller.postMessage("came while parsing");
                </script><script src="/held.js"></script>"#,
            )
            .document(
                "/third",
                r#"<!DOCTYPE html><script>
                    navigator.serviceWorker.addEventListener("message", ({ data }) => console.log(data));
                    navigator.serviceWorker.startMessages();
                    document.addEventListener("DOMContentLoaded", () => console.log("parsed"));
                    navigator.serviceWorker.controller.postMessage("not held back");
                </script><script src="/held.js"></script>"#,
            )
            .held("/held.js"),
    );
    let held = world.site().hold("/held.js");
    world.open("/").logs("registered");
    let second = world.open("/second");
    let script = held.next();
    let third = world.open("/third");
    third.logs("not held back");
    drop((script.respond(), held.next().respond()));
    second.logs("parsed");
    second.logs("came while parsing");
    third.logs("parsed");
}

#[test]
fn there_is_one_object_for_each_registration_and_worker() {
    let world = World::new(Site::default().script("/sw.js", "").page(
        "/",
        r#"
        const first = await ready();
        const second = await navigator.serviceWorker.getRegistration();
        const [third] = await navigator.serviceWorker.getRegistrations();
        const fourth = await navigator.serviceWorker.register("/sw.js");
        console.log(first === second, second === third, third === fourth, first.active === fourth.active);
        console.log(Object.isFrozen(await navigator.serviceWorker.getRegistrations()));
        console.log(navigator.serviceWorker === navigator.serviceWorker);
        "#,
    ));
    let page = world.open("/");
    page.logs("true true true true");
    page.logs("true");
    page.logs("true");
}

#[test]
fn get_registration_looks_at_scopes_of_the_own_origin_alone() {
    let world = World::new(Site::default().script("/deep/sw.js", "").page(
        "/",
        r#"
        const { scope } = await navigator.serviceWorker.register("/deep/sw.js");
        console.log(scope);
        console.log((await navigator.serviceWorker.getRegistration("/deep/er#fragment")).scope);
        console.log(await navigator.serviceWorker.getRegistration("/"));
        console.log(await outcome(navigator.serviceWorker.getRegistration("https://other.test/")));
        console.log(await outcome(navigator.serviceWorker.getRegistration("https://:0/")));
        console.log(await outcome(navigator.serviceWorker.register("/deep/sw.js", { scope: "/" })));
        "#,
    ));
    let page = world.open("/");
    page.logs("https://site.test/deep/");
    page.logs("https://site.test/deep/");
    page.logs("undefined");
    page.logs("SecurityError");
    page.logs("TypeError");
    page.logs("SecurityError");
}

#[test]
fn unregister_resolves_true_once() {
    let world = World::new(Site::default().script("/sw.js", "").page(
        "/",
        r#"
        const registration = await ready();
        const { active } = registration;
        active.onstatechange = () => {
            if (active.state === "redundant") console.log(active.state, registration.active);
        };
        console.log(await registration.unregister(), await registration.unregister());
        console.log(await navigator.serviceWorker.getRegistration(), active.state, registration.active);
        "#,
    ));
    let page = world.open("/");
    page.logs("redundant null");
    page.logs("true false");
    page.logs("undefined redundant null");
}

#[test]
fn claiming_makes_a_worker_the_controller() {
    let world = World::new(
        Site::default().script("/sw.js", "onactivate = event => event.waitUntil(clients.claim());").page(
            "/",
            r#"
                console.log(navigator.serviceWorker.controller);
                navigator.serviceWorker.oncontrollerchange = () =>
                    console.log(navigator.serviceWorker.controller.scriptURL);
                await navigator.serviceWorker.register("/sw.js");
                "#,
        ),
    );
    let page = world.open("/");
    page.logs("null");
    page.logs("https://site.test/sw.js");
}

#[test]
fn a_page_in_scope_is_controlled_from_its_start() {
    let world = World::new(
        Site::default().script("/sw.js", "").page("/", "await ready(); console.log('registered');").page(
            "/second",
            r#"
                const { controller } = navigator.serviceWorker;
                console.log(controller.state, controller === (await navigator.serviceWorker.ready).active);
                "#,
        ),
    );
    world.open("/").logs("registered");
    world.open("/second").logs("activated true");
}

#[test]
fn a_worker_sees_its_clients() {
    let world = World::new(
        Site::default()
            .script(
                "/sw.js",
                r#"
                onmessage = event => event.waitUntil((async () => {
                    const all = await clients.matchAll({ includeUncontrolled: true });
                    const same = await clients.get(event.source.id);
                    event.source.postMessage([
                        all.length, Object.isFrozen(all), all[0].url, all[0].visibilityState,
                        same.id === event.source.id, await clients.get("nobody"),
                        (await clients.matchAll()).length, (await clients.matchAll({ type: "worker" })).length,
                    ].join());
                })());
                "#,
            )
            .page(
                "/",
                r#"
                const { active } = await ready();
                const answer = nextMessage();
                active.postMessage("");
                console.log(await answer);
                "#,
            ),
    );
    world.open("/").logs("1,true,https://site.test/,visible,true,,0,0");
}

#[test]
fn an_update_installs_a_new_worker_that_waits_and_may_skip_waiting() {
    let world = World::new(
        Site::default()
            .script("/one.js", "")
            .script(
                "/two.js",
                "onactivate = () => console.log('activate');
                 onmessage = event => event.waitUntil(
                     skipWaiting().then(value => console.log(value, registration.active.state)));",
            )
            .page("/", "await ready('/one.js', { scope: '/' }); console.log('one');")
            .page(
                "/second",
                r#"
                const registration = await navigator.serviceWorker.ready;
                registration.onupdatefound = () => {
                    const worker = registration.installing;
                    worker.onstatechange = () => {
                        console.log(worker.state, registration.waiting === worker);
                        if (worker.state === "installed") worker.postMessage("");
                    };
                };
                navigator.serviceWorker.oncontrollerchange = () =>
                    console.log("controller", navigator.serviceWorker.controller.scriptURL);
                await navigator.serviceWorker.register("/two.js", { scope: "/" });
                "#,
            ),
    );
    world.open("/").logs("one");
    let page = world.open("/second");
    page.logs("installed true");
    page.logs("activating false");
    page.logs("controller https://site.test/two.js");
    page.logs("activated false");
    let worker = world.worker();
    worker.logs("activate");
    worker.logs("undefined activating");
}

#[test]
fn imported_scripts_run_in_the_worker_in_order() {
    let world = World::new(
        Site::default()
            .script("/a.js", "self.order = ['a'];")
            .script("/b.js", "order.push('b');")
            .script("/throws.js", "throw new RangeError('thrown');")
            .script(
                "/sw.js",
                r#"
                importScripts("/a.js", "b.js");
                for (const url of ["/throws.js", "/missing.js", "https://:0/"]) {
                    try { importScripts(url); } catch (error) { order.push(error.name); }
                }
                console.log(order.join());
                "#,
            )
            .page("/", "await ready();"),
    );
    world.open("/");
    world.worker().logs("a,b,RangeError,NetworkError,SyntaxError");
}

#[test]
fn a_module_worker_runs_with_its_graph_also_from_the_profile() {
    let world = World::new(
        Site::default()
            .script(
                "/lib.js",
                "import data from './data.json' with { type: 'json' }; export const name = data.name;",
            )
            .json("/data.json", r#"{"name": "graph"}"#)
            .script(
                "/sw.js",
                r#"
                import { name } from "./lib.js";
                console.log(name, import.meta.url, typeof this);
                try { importScripts("/lib.js"); } catch (error) { console.log(error.name); }
                import("/lib.js").catch(error => console.log(error.name));
                onmessage = ({ source }) => source.postMessage(name);
                "#,
            )
            .page(
                "/",
                r#"
                navigator.serviceWorker.onmessage = ({ data }) => console.log("heard", data);
                await navigator.serviceWorker.register("/sw.js", { type: "module" });
                (await navigator.serviceWorker.ready).active.postMessage("");
                "#,
            )
            .page(
                "/again",
                r#"
                navigator.serviceWorker.onmessage = ({ data }) => console.log("heard", data);
                (await navigator.serviceWorker.ready).active.postMessage("");
                "#,
            ),
    );
    let page = world.open("/");
    let worker = world.worker();
    worker.logs("graph https://site.test/sw.js undefined");
    worker.logs("TypeError");
    worker.logs("TypeError");
    page.logs("heard graph");
    // What it was installed with is there when it runs again.
    world.stop_worker();
    world.open("/again").logs("heard graph");
}

#[test]
fn a_module_worker_that_can_not_be_run_is_not_registered() {
    let world = World::new(
        Site::default()
            .script("/waits.js", "await new Promise(() => {});")
            .script("/waits-a-little.js", "await 0;")
            .script("/throws.js", "throw new RangeError('thrown');")
            .script("/unparsable.js", "import {")
            .script("/imports-nothing.js", "import './missing.js';")
            .script("/imports-unparsable.js", "import './unparsable.js';")
            .page(
                "/",
                r#"
                const scripts = ["waits", "waits-a-little", "throws", "unparsable", "imports-nothing", "imports-unparsable"];
                for (const script of scripts) {
                    try {
                        await navigator.serviceWorker.register(`/${script}.js`, { type: "module" });
                        console.log(script, "registered");
                    } catch (error) {
                        console.log(script, error.name);
                    }
                }
                "#,
            ),
    );
    let page = world.open("/");
    for script in ["waits", "waits-a-little", "throws", "unparsable", "imports-nothing", "imports-unparsable"]
    {
        page.logs(&format!("{script} TypeError"));
    }
}

#[test]
fn a_worker_has_itself_its_registration_and_no_window() {
    let world = World::new(
        Site::default()
            .script(
                "/sw.js",
                r#"
                oninstall = () => console.log(
                    registration.scope, serviceWorker.state, registration.installing === serviceWorker,
                    self instanceof ServiceWorkerGlobalScope, typeof window, clients === clients,
                );
                onactivate = () => console.log(registration.active === serviceWorker, serviceWorker.state);
                "#,
            )
            .page("/", "await ready();"),
    );
    world.open("/");
    let worker = world.worker();
    worker.logs("https://site.test/ installing true true undefined true");
    worker.logs("true activating");
}

#[test]
fn lifetime_promises_are_for_trusted_active_events_alone() {
    let world = World::new(
        Site::default()
            .script(
                "/sw.js",
                r#"
                const tried = (event, promise) => {
                    try { event.waitUntil(promise); return "accepted"; } catch (error) { return error.name; }
                };
                console.log(tried(new ExtendableEvent("made"), Promise.resolve()));
                onmessage = event => {
                    const first = Promise.resolve();
                    event.waitUntil(first);
                    first.then(() => console.log("in a microtask of the last promise:", tried(event, first)));
                    setTimeout(() => console.log("later:", tried(event, first)));
                };
                "#,
            )
            .page("/", "(await ready()).active.postMessage('')"),
    );
    world.open("/");
    let worker = world.worker();
    worker.logs("InvalidStateError");
    worker.logs("in a microtask of the last promise: accepted");
    worker.logs("later: InvalidStateError");
}

#[test]
fn a_listener_that_runs_for_ever_is_ended_and_the_next_message_is_handled() {
    let world = World::new(
        Site::default()
            .script(
                "/sw.js",
                "onmessage = ({ data, source }) => { if (data) for (;;); source.postMessage('alive'); };",
            )
            .page(
                "/",
                r#"
                const { active } = await ready();
                const answer = nextMessage();
                active.postMessage(true);
                active.postMessage(false);
                console.log(await answer);
                "#,
            ),
    );
    world.open("/").logs("alive");
}

#[test]
fn a_port_can_be_sent_to_a_worker_and_back_through_itself() {
    let world = World::new(
        Site::default()
            .script(
                "/sw.js",
                r#"
                onmessage = ({ data, ports: [port], source }) => {
                    port.onmessage = ({ data }) => port.postMessage(`worker got ${data}`);
                    source.postMessage("here is another", [data.port]);
                };
                "#,
            )
            .page(
                "/",
                r#"
                const { active } = await ready();
                const [one, two] = [new MessageChannel(), new MessageChannel()];
                navigator.serviceWorker.onmessage = ({ data, ports: [port] }) => {
                    console.log(data);
                    port.onmessage = ({ data }) => console.log("page got", data);
                    two.port1.postMessage("through two");
                };
                one.port1.onmessage = ({ data }) => console.log(data);
                one.port1.postMessage("through one");
                active.postMessage({ port: two.port2 }, { transfer: [one.port2, two.port2] });
                "#,
            ),
    );
    world.open("/").logs_in_any_order(&["here is another", "worker got through one", "page got through two"]);
}

#[test]
fn windows_are_opened_and_focused_after_an_interaction_alone() {
    let world = World::new(
        Site::default()
            .script(
                "/sw.js",
                r#"
                const outcome = promise => promise.then(value => `resolved: ${value}`, error => error.name);
                onmessage = async ({ source }) => {
                    console.log(await outcome(source.focus()), await outcome(clients.openWindow("/")),
                        await outcome(clients.openWindow("about:blank")), await outcome(clients.openWindow("https://:0/")));
                    console.log(source.ancestorOrigins.length, source.ancestorOrigins === source.ancestorOrigins);
                };
                "#,
            )
            .page("/", "(await ready()).active.postMessage('')"),
    );
    world.open("/");
    let worker = world.worker();
    worker.logs("InvalidAccessError InvalidAccessError TypeError TypeError");
    worker.logs("0 true");
}

#[test]
fn a_frame_that_is_taken_out_has_no_controller() {
    let world = World::new(Site::default().script("/sw.js", "").document("/frame", "").page(
        "/",
        r#"
            await ready();
            const frame = document.createElement("iframe");
            frame.src = "/frame";
            await new Promise(resolve => { frame.onload = resolve; document.documentElement.append(frame); });
            const { serviceWorker } = frame.contentWindow.navigator;
            console.log(serviceWorker.controller.state);
            frame.remove();
            console.log(serviceWorker.controller);
            "#,
    ));
    let page = world.open("/");
    page.logs("activated");
    page.logs("null");
}

#[test]
fn a_worker_sees_which_windows_have_focus_and_had_it_last() {
    let world = World::new(
        Site::default()
            .script(
                "/sw.js",
                r#"
                onmessage = async ({ source }) => {
                    const all = await clients.matchAll({ includeUncontrolled: true });
                    source.postMessage(all.map(client => new URL(client.url).pathname + Number(client.focused)).join());
                };
                "#,
            )
            .document("/1", "")
            .document("/2", "")
            .document("/3", "")
            .page(
                "/",
                r#"
                const { active } = await ready(), frames = [];
                for (const src of ["/1", "/2", "/3"]) {
                    const frame = document.createElement("iframe");
                    await new Promise(onload => document.documentElement.append(Object.assign(frame, { src, onload })));
                    frames.push(frame);
                }
                const look = async () => { active.postMessage(""); console.log(await nextMessage()); };
                navigator.serviceWorker.startMessages();
                await look();
                frames[1].focus();
                await look();
                frames[2].contentWindow.focus();
                await look();
                focus();
                await look();
                "#,
            ),
    );
    let page = world.open("/");
    page.logs("/1,/10,/20,/30");
    page.logs("/1,/21,/10,/30");
    page.logs("/1,/31,/20,/10");
    page.logs("/1,/30,/20,/10");
}

#[test]
fn a_worker_can_navigate_the_windows_that_it_controls() {
    let world = World::new(
        Site::default()
            .script(
                "/sw.js",
                r#"
                const outcome = promise => promise.then(
                    client => console.log(client.constructor.name, new URL(client.url).pathname, client.id !== first),
                    error => console.log(error.name));
                let first;
                onmessage = async ({ source }) => {
                    first = source.id;
                    for (const url of ["about:blank", "https://:0/", "http://site.test/"])
                        await outcome(source.navigate(url));
                    await outcome(source.navigate(source.url + '#fragment'));
                    await outcome(source.navigate("next"));
                    // It is another client now.
                    await outcome(source.navigate("next"));
                };
                "#,
            )
            .page("/", "(await ready()).active.postMessage('')")
            .document("/frame", "<script>navigator.serviceWorker.controller.postMessage('')</script>")
            .document("/next", "<script>parent.console.log('next', document.referrer)</script>")
            .page(
                "/framed",
                "document.documentElement.append(Object.assign(document.createElement('iframe'), { src: '/frame' }))",
            ),
    );
    world.open("/");
    let worker = world.worker();
    // It does not control this one.
    for _ in 0..6 {
        worker.logs("TypeError");
    }
    let page = world.open("/framed");
    page.logs("next https://site.test/frame");
    for _ in 0..3 {
        worker.logs("TypeError");
    }
    worker.logs("WindowClient /frame false");
    worker.logs("WindowClient /next true");
    worker.logs("TypeError");
}

#[test]
fn a_worker_that_was_stopped_is_started_again_by_the_next_message() {
    let world = World::new(
        Site::default()
            .script("/sw.js", "let count = 0; onmessage = ({ source }) => source.postMessage(++count);")
            .page(
                "/",
                "const { active } = await ready(); active.postMessage(''); console.log(await nextMessage());",
            )
            .page(
                "/again",
                "navigator.serviceWorker.controller.postMessage(''); console.log(await nextMessage());",
            ),
    );
    world.open("/").logs("1");
    world.open("/again").logs("2");
    world.stop_worker();
    world.open("/again").logs("1");
}

#[test]
fn workers_are_clients_too() {
    let world = World::new(
        Site::default()
            .script(
                "/sw.js",
                r#"
                onactivate = event => event.waitUntil(clients.claim());
                onmessage = event => event.waitUntil((async () => {
                    const describe = async (type, options) => (await clients.matchAll({ type, ...options }))
                        .map(client => [client.type, client.frameType, new URL(client.url).pathname,
                            client.constructor.name].join(" ")).join(", ");
                    event.source.postMessage(await describe("worker"));
                    event.source.postMessage(await describe("sharedworker"));
                    for (const client of await clients.matchAll({ type: "all" }))
                        if (client.type !== "window") client.postMessage("hello");
                })());
                "#,
            )
            .script(
                "/worker.js",
                r#"
                const { serviceWorker } = navigator;
                serviceWorker.onmessage = ({ data, source }) =>
                    port.postMessage([data, source === serviceWorker.controller].join(" "));
                let port = self;
                onconnect = ({ ports }) => { port = ports[0]; port.postMessage("is controlled: " + !!serviceWorker.controller) };
                if (self.postMessage) postMessage("is controlled: " + !!serviceWorker.controller);
                "#,
            )
            .page(
                "/",
                r#"
                const { active } = await ready();
                if (!navigator.serviceWorker.controller)
                    await new Promise(resolve => navigator.serviceWorker.oncontrollerchange = resolve);
                for (const port of [new Worker("/worker.js"), new SharedWorker("/worker.js").port]) {
                    await new Promise(resolve => port.onmessage = ({ data }) => resolve(console.log(data)));
                    port.onmessage = ({ data }) => console.log(data);
                    globalThis.kept = [globalThis.kept, port];
                }
                active.postMessage("");
                console.log(await nextMessage());
                console.log(await nextMessage());
                "#,
            ),
    );
    let page = world.open("/");
    page.logs("is controlled: true");
    page.logs("is controlled: true");
    page.logs_in_any_order(&[
        "worker none /worker.js Client",
        "sharedworker none /worker.js Client",
        "hello true",
        "hello true",
    ]);
}

#[test]
fn a_worker_s_own_service_worker_container_works() {
    let world = World::new(
        Site::default()
            .script("/sw.js", "onmessage = ({ source }) => source.postMessage(source.type);")
            .script(
                "/worker.js",
                r#"
                (async () => {
                    const registration = await navigator.serviceWorker.register("/sw.js");
                    const { active } = await navigator.serviceWorker.ready;
                    console.log(registration === await navigator.serviceWorker.getRegistration());
                    navigator.serviceWorker.onmessage = ({ data }) => postMessage(data);
                    active.postMessage("");
                })();
                "#,
            )
            .page("/", "const worker = new Worker('/worker.js'); worker.onmessage = ({ data }) => console.log(data);"),
    );
    world.open("/").logs("worker");
}

#[test]
fn frames_are_clients_of_their_own_until_they_are_removed() {
    let world = World::new(
        Site::default()
            .script(
                "/sw.js",
                r#"
                onmessage = event => event.waitUntil((async () => {
                    const all = await clients.matchAll({ includeUncontrolled: true });
                    const describe = client => [client.frameType, client.url, ...client.ancestorOrigins].join(" ");
                    event.source.postMessage(all.map(describe).sort().join(", "));
                    all.find(client => client.url.endsWith("/frame"))?.postMessage("hello");
                })());
                "#,
            )
            .document(
                "/frame",
                r#"<script>
                const { serviceWorker } = navigator;
                serviceWorker.onmessage = event =>
                    parent.got(["frame", event.data, event.source === serviceWorker.controller].join(" "));
                </script>"#,
            )
            .page(
                "/",
                r#"
                const { active } = await ready();
                const frame = src => new Promise(resolve => {
                    const frame = document.createElement("iframe");
                    if (src) frame.src = src;
                    frame.onload = () => resolve(frame);
                    document.documentElement.append(frame);
                });
                const controlled = await frame("/frame");
                await frame();
                const got = new Promise(resolve => window.got = resolve);
                let answer = nextMessage();
                active.postMessage("");
                console.log(await answer);
                console.log(await got);
                controlled.remove();
                answer = nextMessage();
                active.postMessage("");
                console.log(await answer);
                "#,
            ),
    );
    let page = world.open("/");
    page.logs(
        "nested about:blank https://site.test, nested https://site.test/frame https://site.test, \
         top-level https://site.test/",
    );
    page.logs("frame hello true");
    page.logs("nested about:blank https://site.test, top-level https://site.test/");
}
