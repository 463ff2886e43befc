//! Fetches that a service worker answers.

use crate::support::{Site, World};

/// A site whose worker is `worker`, and whose page `/` waits until that is active. What is opened after that is
/// controlled.
fn site(worker: &str) -> Site {
    Site::default().script("/sw.js", worker).page("/", "await ready(); console.log('ready');")
}

/// That site with a page `/page`, once its worker is active.
fn world(worker: &str, page: &str) -> World {
    world_of(site(worker).page("/page", page))
}

fn world_of(site: Site) -> World {
    let world = World::new(site);
    world.open("/").logs("ready");
    world
}

#[test]
fn a_page_may_come_from_a_worker_which_controls_it_then() {
    let world = world_of(site(
        r#"
        onfetch = event => {
            if (!event.request.url.endsWith("/made")) return;
            const { mode, destination, redirect, credentials } = event.request;
            console.log(mode, destination, redirect, credentials);
            console.log(JSON.stringify([event.clientId, event.replacesClientId]), event.cancelable, event.isTrusted);
            event.respondWith(new Response(
                `<!DOCTYPE html><script>
                    const worker = navigator.serviceWorker;
                    console.log("made", location.pathname, worker.controller.state);
                    worker.onmessage = ({ data }) => console.log(data);
                    worker.startMessages();
                    worker.controller.postMessage("${event.resultingClientId}");
                </script>`,
                { headers: { "Content-Type": "text/html" } },
            ));
        };
        onmessage = event => event.source.postMessage(event.source.id === event.data);
        "#,
    ));
    let page = world.open("/made");
    page.logs("made /made activated");
    page.logs("true");
    let worker = world.worker();
    worker.logs("navigate document manual include");
    worker.logs("[\"\",\"\"] true true");
}

#[test]
fn a_page_is_where_it_was_asked_for_wherever_the_worker_has_it_from() {
    let world = world_of(
        site(
            r#"
            onfetch = event => {
                if (event.request.mode === "navigate") event.respondWith(fetch("/shell"));
            };
            "#,
        )
        .page(
            "/shell",
            "console.log(location.pathname, document.URL.endsWith('/asked'), origin === location.origin)",
        ),
    );
    world.open("/asked").logs("/asked true true");
}

#[test]
fn a_worker_sees_the_requests_of_a_page_with_their_bodies_and_answers_them() {
    let world = world(
        r#"
        onfetch = event => {
            const { method, url, headers, referrer } = event.request;
            if (!url.endsWith("/api")) return;
            event.respondWith((async () => {
                const text = await event.request.text();
                const client = await clients.get(event.clientId);
                const answer = { method, text, x: headers.get("x-own"), referrer, client: client.url, result: event.resultingClientId };
                return new Response(JSON.stringify(answer), { status: 201, statusText: "Made", headers: { "X-From": "worker" } });
            })());
        };
        "#,
        r#"
        const response = await fetch("/api", { method: "POST", body: "hello", headers: { "X-Own": "1" } });
        console.log(response.status, response.statusText, response.headers.get("x-from"), response.type, response.url);
        const { method, text, x, client, result } = await response.json();
        console.log(method, text, x, client, result === "");
        const request = new XMLHttpRequest();
        request.open("PUT", "/api");
        request.onload = () => console.log(request.status, JSON.parse(request.responseText).text);
        request.send("by XMLHttpRequest");
        "#,
    );
    let page = world.open("/page");
    page.logs("201 Made worker basic https://site.test/api");
    page.logs("POST hello 1 https://site.test/page true");
    page.logs("201 by XMLHttpRequest");
    assert!(!world.site().requests().iter().any(|request| request.ends_with(" /api")));
}

#[test]
fn what_a_worker_leaves_alone_goes_to_the_network_with_its_body() {
    let site = site(
        r#"
        onfetch = event => {
            if (!event.request.url.includes("/echo")) return;
            if (event.request.url.endsWith("?read")) event.waitUntil(event.request.text());
            event.handled.then(value => console.log("handled", value));
        };
        "#,
    )
    .echo("/echo")
    .page(
        "/page",
        r#"
        const echo = async (query, init) => (await fetch("/echo" + query, { method: "POST", ...init })).text();
        console.log(await echo("", { body: "text" }));
        console.log(await echo("?read", { body: "read by both" }));
        const body = new ReadableStream({ start(c) { c.enqueue(new TextEncoder().encode("stream")); c.close(); } });
        console.log(await echo("", { body, duplex: "half" }));
        const used = new ReadableStream({ start(c) { c.enqueue(new TextEncoder().encode("stream")); c.close(); } });
        console.log(await outcome(echo("?read", { body: used, duplex: "half" })));
        "#,
    );
    let world = world_of(site);
    let page = world.open("/page");
    for line in ["text", "read by both", "stream"] {
        page.logs(line);
    }
    page.next_line_begins("fetch failed: the request's body is a stream, which can't be sent a second time");
    page.logs("TypeError");
    world.worker().logs("handled undefined");
}

#[test]
fn what_is_no_answer_is_a_network_error() {
    let world = world(
        r#"
        onfetch = event => {
            const { search, pathname } = new URL(event.request.url);
            if (pathname !== "/api") return;
            event.handled.then(() => console.log(search, "resolved"), error => console.log(search, error.name));
            const used = new Response("used");
            switch (search) {
                case "?canceled": event.preventDefault(); break;
                case "?rejected": event.respondWith(Promise.reject(new Error("no"))); break;
                case "?other": event.respondWith(Promise.resolve("no response")); break;
                case "?error": event.respondWith(Response.error()); break;
                case "?used": used.text(); event.respondWith(used); break;
                case "?locked": used.body.getReader(); event.respondWith(used); break;
                case "?throws": event.respondWith(new Response("all the same")); throw new Error("afterwards");
            }
        };
        "#,
        r#"
        for (const what of ["canceled", "rejected", "other", "error", "used", "locked"]) {
            console.log(what, await outcome(fetch(`/api?${what}`)));
        }
        console.log(await (await fetch("/api?throws")).text());
        "#,
    );
    let page = world.open("/page");
    let worker = world.worker();
    for what in ["canceled", "rejected", "other", "error", "used", "locked"] {
        // Why is for people to read.
        page.next_line_begins("fetch failed: ");
        page.logs(&format!("{what} TypeError"));
        // A Response of the type "error" is an answer all the same.
        let handled = if what == "error" { "resolved" } else { "NetworkError" };
        worker.logs(&format!("?{what} {handled}"));
    }
    page.logs("all the same");
}

#[test]
fn only_a_fetch_of_the_engines_can_be_answered_and_only_once_while_it_is_dispatched() {
    let world = world(
        r#"
        const attempt = steps => { try { steps(); return "no error"; } catch (error) { return error.name; } };
        let last;
        addEventListener("fetch", event => {
            if (!event.request.url.endsWith("/api")) return;
            last = event;
            event.respondWith(new Response("first"));
            console.log(attempt(() => event.respondWith(new Response("second"))));
        });
        addEventListener("fetch", event => {
            if (event.request.url.endsWith("/api")) console.log("not reached");
        });
        onmessage = () => {
            console.log(attempt(() => last.respondWith(new Response("late"))));
            const request = new Request("/own");
            const own = new FetchEvent("fetch", { request, clientId: "a", cancelable: true });
            console.log(own.request === request, own.clientId, own.resultingClientId === "", own.cancelable);
            console.log(own.handled instanceof Promise, own.preloadResponse instanceof Promise);
            addEventListener("own", event => console.log(attempt(() => event.respondWith(new Response("own")))));
            dispatchEvent(new FetchEvent("own", { request }));
            console.log(attempt(() => new FetchEvent("fetch")), attempt(() => new FetchEvent("fetch", {})));
        };
        "#,
        r#"
        console.log(await (await fetch("/api")).text());
        navigator.serviceWorker.controller.postMessage("go on");
        "#,
    );
    world.open("/page").logs("first");
    let worker = world.worker();
    worker.logs("InvalidStateError");
    worker.logs("InvalidStateError");
    worker.logs("true a true true");
    worker.logs("true true");
    worker.logs("InvalidStateError");
    worker.logs("TypeError TypeError");
}

#[test]
fn a_body_streams_from_the_worker_to_the_page_and_is_canceled_by_it() {
    let world = world(
        r#"
        onfetch = event => {
            if (!event.request.url.endsWith("/stream")) return;
            let count = 0;
            event.respondWith(new Response(new ReadableStream({
                pull(controller) { controller.enqueue(new TextEncoder().encode(`chunk ${++count}`)); },
                cancel() { console.log("canceled"); },
            }, { highWaterMark: 0 })));
        };
        "#,
        r#"
        const { body } = await fetch("/stream");
        const reader = body.getReader();
        let text = "";
        while (!text.includes("chunk 2")) text += new TextDecoder().decode((await reader.read()).value);
        await reader.cancel();
        console.log(text.startsWith("chunk 1chunk 2"));
        "#,
    );
    world.open("/page").logs("true");
    world.worker().logs("canceled");
}

#[test]
fn a_body_that_is_no_bytes_or_whose_worker_ends_fails() {
    let world = world(
        r#"
        onfetch = event => {
            if (event.request.url.endsWith("/text")) {
                event.respondWith(new Response(new ReadableStream({ start(c) { c.enqueue("text"); } })));
            } else if (event.request.url.endsWith("/pending")) {
                const bytes = new TextEncoder().encode("a");
                event.respondWith(new Response(new ReadableStream({ start(c) { c.enqueue(bytes); } })));
            }
        };
        "#,
        r#"
        console.log(await outcome((await fetch("/text")).text()));
        const reader = (await fetch("/pending")).body.getReader();
        console.log((await reader.read()).value.length);
        console.log(await outcome(reader.read()));
        "#,
    );
    let page = world.open("/page");
    page.next_line_begins("fetch failed: a chunk of the response's body is not a Uint8Array");
    page.logs("TypeError");
    page.logs("1");
    world.stop_worker();
    page.next_line_begins("fetch failed: the service worker ended");
    page.logs("TypeError");
}

#[test]
fn a_page_hears_the_end_of_a_worker_s_body_without_a_read() {
    let world = world(
        r#"
        let controller;
        onfetch = event => {
            if (!event.request.url.endsWith("/stream")) return;
            const start = c => (controller = c).enqueue(new TextEncoder().encode("bytes"));
            event.respondWith(new Response(new ReadableStream({ start })));
        };
        onmessage = () => controller.close();
        "#,
        r#"
        const reader = (await fetch("/stream")).body.getReader();
        console.log((await reader.read()).value.length);
        navigator.serviceWorker.controller.postMessage("close");
        await reader.closed;
        console.log("closed");
        "#,
    );
    let page = world.open("/page");
    page.logs("5");
    page.logs("closed");
}

#[test]
fn what_a_worker_has_read_ahead_is_passed_on_too() {
    let text = "0123456789".repeat(200_000);
    let site = site(
        r#"
        onfetch = event => {
            if (!event.request.url.endsWith("/api")) return;
            event.respondWith(fetch("/file").then(async response => {
                // Meanwhile as much is here as is read ahead.
                for (let i = 0; i < 20; i++) await new Promise(resolve => setTimeout(resolve));
                return response;
            }));
        };
        "#,
    )
    .file("/file", text)
    .page(
        "/page",
        r#"
        const text = await (await fetch("/api")).text();
        console.log(text.length, text === "0123456789".repeat(200000));
        "#,
    );
    world_of(site).open("/page").logs("2000000 true");
}

#[test]
fn an_aborted_fetch_aborts_the_signal_that_the_worker_sees() {
    let world = world(
        r#"
        onfetch = event => {
            if (!event.request.url.endsWith("/slow")) return;
            event.request.signal.onabort = () => console.log(event.request.signal.reason.name);
            event.respondWith(new Promise(() => {}));
            clients.get(event.clientId).then(client => client.postMessage("abort it"));
        };
        "#,
        r#"
        const controller = new AbortController();
        navigator.serviceWorker.onmessage = () => controller.abort();
        console.log(await outcome(fetch("/slow", { signal: controller.signal })));
        "#,
    );
    world.open("/page").logs("AbortError");
    world.worker().logs("AbortError");
}

#[test]
fn a_worker_s_abort_ends_a_body_that_it_has_passed_on() {
    let site = site(
        r#"
        const controller = new AbortController();
        onfetch = event => {
            if (event.request.url.endsWith("/api")) event.respondWith(fetch("/slow", { signal: controller.signal }));
        };
        onmessage = () => controller.abort();
        "#,
    );
    let world = world_of(site.held("/slow").page(
        "/page",
        r#"
        const reader = (await fetch("/api")).body.getReader();
        console.log((await reader.read()).value.length);
        navigator.serviceWorker.controller.postMessage("abort");
        console.log(await outcome(reader.read()));
        "#,
    ));
    let slow = world.site().hold("/slow");
    let page = world.open("/page");
    let body = slow.next().respond();
    body.send("bytes");
    page.logs("5");
    page.logs("AbortError");
}

#[test]
fn what_a_worker_asks_for_itself_is_its_own_request() {
    let world = world(
        r#"
        onfetch = event => {
            if (!event.request.url.endsWith("/lib.js")) return;
            const own = new Request(event.request);
            console.log(JSON.stringify([event.request.destination, own.destination, own.mode, own.url === event.request.url]));
        };
        "#,
        r#"
        const script = document.createElement("script");
        script.src = "/lib.js";
        await new Promise(resolve => { script.onerror = script.onload = resolve; document.head.append(script); });
        "#,
    );
    let _page = world.open("/page");
    world.worker().logs(r#"["script","","no-cors",true]"#);
}

#[test]
fn a_worker_that_was_stopped_is_started_for_a_fetch() {
    let world = world(
        r#"
        onfetch = event => {
            if (event.request.url.endsWith("/api")) event.respondWith(new Response("from the worker"));
        };
        "#,
        r#"
        console.log(await (await fetch("/api")).text());
        console.log(await (await fetch("/absent")).text());
        "#,
    );
    world.stop_worker();
    let page = world.open("/page");
    page.logs("from the worker");
    page.logs("there is no such thing");
}

#[test]
fn frames_and_workers_of_a_page_are_answered_by_whom_their_own_url_is_in_the_scope_of() {
    let site = site(
        r#"
        const answers = {
            "/frame": ["text/html", `<script>
                fetch("/api").then(response => response.text()).then(text => parent.postMessage(text, "*"));
            </script>`],
            "/worker.js": ["text/javascript", `
                fetch("/api").then(response => response.text()).then(text => postMessage(text));
            `],
            "/shared.js": ["text/javascript", `
                onconnect = async ({ ports: [port] }) => port.postMessage(await (await fetch("/api")).text());
            `],
            "/imported.js": ["text/javascript", `self.imported = "imported";`],
        };
        onfetch = event => {
            const { pathname } = new URL(event.request.url);
            const { destination } = event.request;
            if (pathname === "/api") {
                event.respondWith(clients.get(event.clientId).then(({ url, type }) =>
                    new Response(`${new URL(url).pathname} ${type}`)));
            } else if (answers[pathname]) {
                const [type, body] = answers[pathname];
                console.log(pathname, destination);
                event.respondWith(new Response(body, { headers: { "Content-Type": type } }));
            }
        };
        "#,
    )
    .page(
        "/page",
        r#"
        const message = target => new Promise(resolve => target.onmessage = event => resolve(event.data));
        const frame = document.createElement("iframe");
        frame.src = "/frame";
        document.documentElement.appendChild(frame);
        console.log(await message(window));
        console.log(await message(new Worker("/worker.js")));
        console.log(await message(new SharedWorker("/shared.js").port));
        const script = document.createElement("script");
        script.src = "/imported.js";
        document.documentElement.appendChild(script);
        await new Promise(resolve => script.onload = resolve);
        console.log(imported);
        "#,
    );
    let world = world_of(site);
    let page = world.open("/page");
    page.logs("/frame window");
    page.logs("/worker.js worker");
    page.logs("/shared.js sharedworker");
    page.logs("imported");
    let worker = world.worker();
    for line in ["/frame iframe", "/worker.js worker", "/shared.js sharedworker", "/imported.js script"] {
        worker.logs(line);
    }
}

#[test]
fn a_worker_without_a_listener_is_not_asked() {
    let site = Site::default()
        .script("/sw.js", "console.log('runs');")
        .file("/file", "from the network")
        .page("/", "await ready(); console.log('ready');")
        .page("/page", "console.log(await (await fetch('/file')).text());");
    let world = world_of(site);
    world.worker().logs("runs");
    world.stop_worker();
    world.open("/page").logs("from the network");
    // Nothing that the worker says comes before what it says now.
    world.site().requests().iter().find(|request| *request == "GET /file").expect("the network was asked");
}

#[test]
fn what_a_worker_passes_on_from_the_network_keeps_its_type_and_its_body() {
    let site = site(
        r#"
        onfetch = event => {
            const { pathname } = new URL(event.request.url);
            if (pathname === "/passed") event.respondWith(fetch("/file"));
            if (pathname === "/cloned") event.respondWith(fetch("/file").then(response => response.clone()));
        };
        "#,
    )
    .file("/file", "from the network")
    .page(
        "/page",
        r#"
        for (const path of ["/passed", "/cloned"]) {
            const response = await fetch(path);
            console.log(response.type, response.url, await response.text());
        }
        "#,
    );
    let world = world_of(site);
    let page = world.open("/page");
    page.logs("basic https://site.test/file from the network");
    page.logs("basic https://site.test/file from the network");
}
