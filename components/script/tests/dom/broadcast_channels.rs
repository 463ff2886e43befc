//! Broadcast channels.

use crate::support::Page;

#[test]
fn a_message_goes_to_all_others_of_the_name() {
    let page = Page::open();
    page.run(
        "const log = channel => ({ data, origin, source, type }) => console.log(channel, type, data, origin, source);
         const one = new BroadcastChannel('name'), two = new BroadcastChannel('name'),
               three = new BroadcastChannel('name'), other = new BroadcastChannel('other');
         for (const [channel, label] of [[one, 'one'], [two, 'two'], [three, 'three'], [other, 'other']])
            channel.addEventListener('message', log(label));
         console.log(one.name, one.postMessage('hello'));
         two.close();",
    );
    let line = |channel: &str| format!("{channel} message hello https://page.test null");
    assert_eq!(page.console(), ["name undefined".to_owned(), line("three")]);
    page.run("three.postMessage('again')");
    assert_eq!(page.console(), ["one message again https://page.test null"]);
    assert!(page.error("two.postMessage(1)").starts_with("InvalidStateError: "));
    assert!(page.error("one.postMessage(() => {})").starts_with("DataCloneError: "));
    page.run("two.close()");
}

#[test]
fn it_reaches_workers_and_pages_of_the_same_origin() {
    let page = Page::open();
    let worker = "const channel = new BroadcastChannel('c');
        channel.onmessage = ({ data }) => channel.postMessage(`${self.constructor.name} got ${data}`);
        channel.postMessage('there is one more');";
    page.serve_script("worker.js", worker);
    page.run(
        "const channel = new BroadcastChannel('c');
         channel.onmessage = ({ data }) => { if (!data.includes('got got')) console.log(data) };
         const worker = new Worker('worker.js');",
    );
    assert_eq!(page.console(), ["there is one more"]);
    page.open_another("https://page.test/other").evaluate(
        worker.replace("channel.postMessage('there is one more');", "console.log('listens')"),
        |_| {},
    );
    assert_eq!(page.next_line(), "listens");
    page.open_another("https://other.test/").evaluate(
        worker.replace("channel.postMessage('there is one more');", "console.log('elsewhere')"),
        |_| {},
    );
    assert_eq!(page.next_line(), "elsewhere");
    page.start("worker.terminate(); setTimeout(() => channel.postMessage('a question'))");
    assert_eq!(page.next_line(), "Window got a question");
}

#[test]
fn a_channel_with_listeners_is_kept_and_one_without_is_not() {
    let page = Page::open();
    page.run(
        "new BroadcastChannel('kept').onmessage = ({ data }) => console.log(data);
         globalThis.weak = (() => { const channel = new BroadcastChannel('not'); channel.onmessage = () => {}; channel.onmessage = null; return new WeakRef(channel) })();",
    );
    // Buffers that are never written to cost no memory, but count towards the next collection.
    let collected = (0..20).any(|_| {
        page.run("for (let i = 0; i < 400; i++) new ArrayBuffer(1 << 20)");
        page.eval("weak.deref() === undefined") == "true"
    });
    assert!(collected);
    page.run("new BroadcastChannel('kept').postMessage('still here')");
    assert_eq!(page.console(), ["still here"]);
}

#[test]
fn a_message_can_be_read_by_many() {
    let page = Page::open();
    page.serve_script(
        "worker.js",
        "new BroadcastChannel('c').onmessage = async ({ data: { blob } }) => postMessage(await blob.text())",
    );
    page.run(
        "for (let i = 0; i < 3; i++) new Worker('worker.js').onmessage = ({ data }) => console.log(data);",
    );
    page.run("new BroadcastChannel('c').postMessage({ blob: new Blob(['text']) })");
    assert_eq!(page.console(), ["text", "text", "text"]);
}
