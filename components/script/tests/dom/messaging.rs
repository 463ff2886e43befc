//! Messages within a page: `postMessage()` of windows and ports, and structured clone.

use crate::support::Page;

#[test]
fn a_window_sends_messages_to_itself() {
    let page = Page::open();
    page.run(
        r#"
        onmessage = ({ data, origin, source, isTrusted, ports, type }) =>
            console.log(type, String(data.get("key")), origin, source === window, isTrusted, ports.length);
        const map = new Map([["key", [1, 2]]]);
        postMessage(map, "*");
        postMessage(map, { targetOrigin: "https://page.test/anywhere" });
        postMessage(map);
        postMessage(map, "https://other.test");
        map.set("key", "changed too late");
        "#,
    );
    let line = "message 1,2 https://page.test true true 0";
    assert_eq!(page.console(), [line, line, line]);
    assert!(page.error("postMessage(1, 'not a URL')").starts_with("SyntaxError: "));
    assert!(page.error("postMessage(() => {}, '*')").starts_with("DataCloneError: "));
}

#[test]
fn what_a_window_is_sent_comes_in_later_tasks() {
    let page = Page::open();
    page.run(
        r#"
        addEventListener("message", ({ data }) => {
            console.log(data);
            Promise.resolve().then(() => console.log("microtask of", data));
        });
        postMessage("first", "*");
        postMessage("second", "*");
        console.log("sent");
        "#,
    );
    assert_eq!(page.console(), ["sent", "first", "microtask of first", "second", "microtask of second"]);
}

#[test]
fn a_channel_has_two_ports_that_wait_until_they_are_started() {
    let page = Page::open();
    page.run(
        r#"
        const { port1, port2 } = new MessageChannel();
        port1.postMessage("one");
        port1.postMessage("two");
        port2.addEventListener("message", event => {
            console.log(event.data, event.origin === "", event.source, event.target === port2);
            port2.postMessage(`got ${event.data}`);
        });
        setTimeout(() => { console.log("started"); port2.start(); });
        port1.onmessage = event => console.log(event.data);
        "#,
    );
    assert_eq!(page.console(), ["started", "one true null true", "two true null true", "got one", "got two"]);
}

#[test]
fn ports_are_transferred_with_the_messages_that_wait_in_them() {
    let page = Page::open();
    page.run(
        r#"
        const { port1, port2 } = new MessageChannel();
        port1.postMessage("sent before");
        onmessage = ({ ports: [port], data }) => {
            console.log(data.port === port, port === port2, port instanceof MessagePort);
            port.onmessage = ({ data }) => console.log(data);
            port1.postMessage("sent after");
        };
        postMessage({ port: port2 }, "*", [port2]);
        port1.postMessage("sent between");
        port2.onmessage = () => console.log("not here");
        "#,
    );
    assert_eq!(page.console(), ["true false true", "sent before", "sent between", "sent after"]);
}

#[test]
fn a_closed_port_says_so_to_the_other_and_sends_nothing() {
    let page = Page::open();
    page.run(
        r#"
        const { port1, port2 } = new MessageChannel();
        port2.onmessage = ({ data }) => console.log(data);
        port2.onclose = ({ type }) => console.log(type);
        port1.postMessage("last words");
        port1.close();
        port1.postMessage("too late");
        "#,
    );
    assert_eq!(page.console(), ["last words", "close"]);
    assert!(page.error("const c = new MessageChannel(); c.port1.close(); structuredClone(c.port1, { transfer: [c.port1] })").starts_with("DataCloneError: "));
    assert!(
        page.error("const d = new MessageChannel(); d.port1.postMessage('', [d.port1])")
            .starts_with("DataCloneError: ")
    );
}

#[test]
fn structured_clones_keep_the_types_of_the_language_and_of_the_platform() {
    let page = Page::open();
    assert_eq!(
        page.eval_async(
            r#"
            const cyclic = { name: "cyclic" };
            cyclic.self = cyclic;
            const clone = structuredClone({
                cyclic, date: new Date(86400000), regexp: /a+/gi, big: 10n, map: new Map([[1, new Set(["x"])]]),
                error: new RangeError("out"), bytes: new Uint8Array([1, 2, 3]).subarray(1), sparse: [, 1],
                blob: new Blob(["text"], { type: "text/plain" }),
                exception: new DOMException("gone", "AbortError"),
                quota: new QuotaExceededError("full", { quota: 1, requested: 2 }),
            });
            return [
                clone.cyclic.self === clone.cyclic, clone.cyclic !== cyclic, clone.date.toISOString(),
                String(clone.regexp), String(clone.big), clone.map.get(1).has("x"), clone.error instanceof RangeError,
                clone.error.message, String(clone.bytes), clone.sparse.length, 0 in clone.sparse,
                await clone.blob.text(), clone.blob.type, clone.exception instanceof DOMException,
                clone.exception.name, clone.exception.code, clone.quota.requested, clone.quota.name,
            ].join();
            "#
        ),
        "true,true,1970-01-02T00:00:00.000Z,/a+/gi,10,true,true,out,2,3,2,false,text,text/plain,true,AbortError,20,2,\
         QuotaExceededError"
    );
}

#[test]
fn what_has_no_clone_throws_a_data_clone_error() {
    let page = Page::open();
    for what in ["() => {}", "Symbol()", "Promise.resolve()", "new WeakMap()", "window", "new Response()"] {
        let error = page.error(&format!("structuredClone({what})"));
        assert!(error.starts_with("DataCloneError: "), "{what}: {error}");
    }
    assert_eq!(page.error("structuredClone({ get x() { throw new URIError('mine') } })"), "URIError: mine");
}

#[test]
fn a_transferred_array_buffer_is_detached() {
    let page = Page::open();
    assert_eq!(
        page.eval_async(
            r#"
            const { buffer } = new Uint8Array([4, 5]);
            const clone = structuredClone({ buffer }, { transfer: [buffer] });
            return [buffer.byteLength, String(new Uint8Array(clone.buffer))].join();
            "#
        ),
        "0,4,5"
    );
    assert!(
        page.error("const b = new ArrayBuffer(1); structuredClone(b, { transfer: [b, b] })")
            .starts_with("DataCloneError: ")
    );
    assert!(page.error("structuredClone(1, { transfer: [{}] })").starts_with("DataCloneError: "));
}

#[test]
fn dom_objects_can_be_referred_to_weakly() {
    let page = Page::open();
    assert_eq!(
        page.eval_async(
            r#"
            const { port1, port2 } = new MessageChannel();
            const weak = new WeakRef(port2);
            const map = new WeakMap([[port1, "one"], [new EventTarget(), "nobody's"]]);
            new FinalizationRegistry(() => {}).register(port1, "held");
            // Enough garbage for several collections of new objects.
            let garbage;
            for (let i = 0; i < 100000; i++) garbage = { text: `garbage ${i}`, garbage: [i] };
            return [weak.deref() === port2, map.get(port1)].join();
            "#
        ),
        "true,one"
    );
}

#[test]
fn a_port_that_nobody_can_use_is_collected_and_closes_the_channel() {
    let page = Page::open();
    page.run(
        "const { port1 } = new MessageChannel();
         port1.onclose = () => console.log('closed');
         port1.start();
         // Each of two keeps the other, and nobody keeps both.
         globalThis.weak = (() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = port2.onmessage = () => {};
            return new WeakRef(port1);
         })();
         // One that listens is kept by the other.
         const kept = (() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = ({ data }) => console.log(data);
            return port2;
         })();",
    );
    let collected = (0..20).any(|_| {
        page.run("for (let i = 0; i < 400; i++) new ArrayBuffer(1 << 20)");
        page.eval("weak.deref() === undefined") == "true"
    });
    assert!(collected);
    assert_eq!(page.console(), ["closed"]);
    page.run("kept.postMessage('heard')");
    assert_eq!(page.console(), ["heard"]);
}

#[test]
fn ports_in_messages_of_ports_in_messages_are_dropped_at_any_depth() {
    let page = Page::open();
    let script = "let port = null;
        for (let i = 0; i < 50000; i++) {
            const { port1, port2 } = new MessageChannel();
            port1.postMessage(null, port ? [port] : []);
            port = port2;
        }
        port.close();
        return 'alive'";
    assert_eq!(page.eval_async(script), "alive");
}

#[test]
fn a_channel_that_is_sent_through_itself_is_closed() {
    let page = Page::open();
    page.run(
        "const a = new MessageChannel();
        a.port1.onclose = () => console.log('a');
        a.port1.postMessage(0, [a.port2]);",
    );
    assert_eq!(page.console(), ["a"]);
    // Two that enclose each other.
    page.run(
        "const b = new MessageChannel(), c = new MessageChannel();
        b.port1.onclose = () => console.log('b');
        c.port1.onclose = () => console.log('c');
        b.port1.postMessage(0, [c.port2]);
        c.port1.postMessage(0, [b.port2]);",
    );
    let mut closed = page.console();
    closed.sort();
    assert_eq!(closed, ["b", "c"]);
}

#[test]
fn a_port_that_is_transferred_while_it_is_being_transferred_is_refused() {
    let page = Page::open();
    let script = "const { port1, port2 } = new MessageChannel(), other = new MessageChannel();
        port1.postMessage({ get x() { other.port1.postMessage(0, [port2]); } }, [port2]);";
    assert!(page.error(script).starts_with("DataCloneError: "));
    let script = "const a = new MessageChannel(), b = new MessageChannel(), c = new MessageChannel();
        a.port1.postMessage({ get x() { b.port1.postMessage(0, [c.port1]); } }, [c.port1]);";
    assert!(page.error(script).starts_with("DataCloneError: "));
}

#[test]
fn what_is_sent_to_a_port_that_is_gone_is_dropped() {
    let page = Page::open();
    page.serve_script(
        "worker.js",
        "onmessage = ({ ports: [port] }) => { port.postMessage(1); port.close(); postMessage(0); }",
    );
    page.run(
        "const { port1, port2 } = new MessageChannel(), worker = new Worker('worker.js');
         worker.postMessage(0, [port2]);
         worker.onmessage = () => {
             // Our port has not been started, so it has not been told.
             const inner = new MessageChannel();
             inner.port1.onclose = () => console.log('closed');
             inner.port1.start();
             port1.postMessage(0, [inner.port2]);
         };",
    );
    assert_eq!(page.console(), ["closed"]);
}
