//! Streams that are sent to other realms and agents.

use crate::support::Page;

/// Reads a stream to its end.
const READ: &str = "async function read(stream) {
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    return chunks;
};";

#[test]
fn a_stream_is_cloned_with_what_it_brings() {
    let page = Page::open();
    let body = format!(
        "{READ}
        class Mine extends ReadableStream {{}}
        const stream = new Mine({{ start(c) {{ c.enqueue('a'); c.enqueue({{ b: new Map([[1, 2]]) }}); c.close(); }} }});
        const copy = structuredClone(stream, {{ transfer: [stream] }});
        const locked = stream.locked;
        const chunks = await read(copy);
        return [Object.getPrototypeOf(copy) === ReadableStream.prototype, locked, stream.locked, chunks[0], chunks[1].b.get(1), chunks.length]"
    );
    assert_eq!(page.eval_async(&body), r#"[true,true,false,"a",2,2]"#);
}

#[test]
fn a_stream_goes_to_a_worker_and_comes_back() {
    let page = Page::open();
    page.serve_script(
        "worker.js",
        "onmessage = async ({ data: stream }) => {
            const reader = stream.getReader();
            postMessage((await reader.read()).value);
            reader.releaseLock();
            postMessage(stream, [stream]);
        }",
    );
    let body = format!(
        "{READ}
        const worker = new Worker('worker.js');
        const stream = new Blob(['12345']).stream();
        const messages = [];
        const done = new Promise(resolve => worker.onmessage = ({{ data }}) => {{
            messages.push(data);
            if (messages.length === 2) resolve();
        }});
        worker.postMessage(stream, [stream]);
        await done;
        return [new TextDecoder().decode(messages[0]), await read(messages[1]), stream.locked];"
    );
    assert_eq!(page.eval_async(&body), r#"["12345",[],false]"#);
}

#[test]
fn a_worker_that_nobody_knows_goes_on_sending_its_stream() {
    let page = Page::open();
    page.serve_script(
        "worker.js",
        "let chunks = 0;
        const stream = new ReadableStream({ pull(controller) { controller.enqueue(++chunks); } });
        postMessage(stream, [stream]);",
    );
    page.run(
        "(() => {
            const worker = new Worker('worker.js');
            worker.onmessage = ({ data }) => { worker.onmessage = null; globalThis.reader = data.getReader(); };
            globalThis.weak = new WeakRef(worker);
        })();",
    );
    for _ in 0..20 {
        page.run("for (let i = 0; i < 400; i++) new ArrayBuffer(1 << 20)");
    }
    let body = "const chunks = []; for (let i = 0; i < 4; i++) chunks.push((await reader.read()).value); return chunks;";
    assert_eq!(page.eval_async(body), "[1,2,3,4]");
}

#[test]
fn the_source_is_asked_for_one_chunk_more_than_was_read() {
    let page = Page::open();
    let body = "let pulls = 0;
        const stream = new ReadableStream({ pull(c) { c.enqueue(++pulls); } }, { highWaterMark: 0 });
        const reader = structuredClone(stream, { transfer: [stream] }).getReader();
        const seen = [];
        for (let i = 0; i < 3; i++) seen.push((await reader.read()).value);
        await new Promise(resolve => setTimeout(resolve));
        return [...seen, pulls]";
    assert_eq!(page.eval_async(body), "[1,2,3,4]");
}

#[test]
fn the_source_is_asked_at_once() {
    let page = Page::open();
    let body = "const seen = [];
        const stream = new ReadableStream({ pull() { seen.push('pull'); }, cancel() { seen.push('cancel'); } });
        const copy = structuredClone(stream, { transfer: [stream] });
        await copy.cancel();
        await new Promise(resolve => setTimeout(resolve));
        return seen";
    assert_eq!(page.eval_async(body), r#"["pull","cancel"]"#);
}

#[test]
fn a_stream_that_only_its_reader_waits_for_is_not_collected() {
    let page = Page::open();
    let body = "let controller;
        const stream = new ReadableStream({ start(c) { controller = c; } });
        const closed = (() => structuredClone(stream, { transfer: [stream] }).getReader().closed.then(() => 'closed'))();
        for (let i = 0; i < 300000; i++) ({}).x = [i];
        await new Promise(resolve => setTimeout(resolve));
        controller.close();
        return [await closed]";
    assert_eq!(page.eval_async(body), r#"["closed"]"#);
}

#[test]
fn errors_go_one_way_and_cancellations_the_other() {
    let page = Page::open();
    let body = "const failing = new ReadableStream({ pull(c) { c.error(new RangeError('no more')); } }, { highWaterMark: 0 });
        const error = await structuredClone(failing, { transfer: [failing] }).getReader().read().catch(e => e);
        const { promise, resolve } = Promise.withResolvers();
        const canceled = new ReadableStream({ cancel: resolve });
        await structuredClone(canceled, { transfer: [canceled] }).cancel({ why: 'enough' });
        return [error instanceof RangeError, error.message, (await promise).why]";
    assert_eq!(page.eval_async(body), r#"[true,"no more","enough"]"#);
}

#[test]
fn a_chunk_that_can_t_be_cloned_ends_both_sides() {
    let page = Page::open();
    let body = "const { promise, resolve } = Promise.withResolvers();
        const stream = new ReadableStream({ start(c) { c.enqueue(() => {}); }, cancel: resolve });
        const error = await structuredClone(stream, { transfer: [stream] }).getReader().read().catch(e => e);
        return [error.name, (await promise).name]";
    assert_eq!(page.eval_async(body), r#"["DataCloneError","DataCloneError"]"#);
}

#[test]
fn a_locked_stream_stays_where_it_is() {
    let page = Page::open();
    let script = "const stream = new ReadableStream(); stream.getReader(); structuredClone(stream, { transfer: [stream] })";
    assert!(page.error(script).starts_with("DataCloneError: "));
    // Nor can one be cloned that is not transferred, or transferred twice.
    assert!(page.error("structuredClone(new ReadableStream())").starts_with("DataCloneError: "));
    let script = "const twice = new ReadableStream(); structuredClone(twice, { transfer: [twice] });
        structuredClone(twice, { transfer: [twice] })";
    assert!(page.error(script).starts_with("DataCloneError: "));
}

#[test]
fn when_an_agent_ends_the_other_side_waits() {
    let page = Page::open();
    page.serve_script("worker.js", "onmessage = ({ data: stream }) => postMessage(stream, [stream]);");
    let body = "const worker = new Worker('worker.js');
        let controller;
        const stream = new ReadableStream({ start(c) { controller = c; } });
        const { data: back } = await new Promise(resolve => {
            worker.onmessage = resolve;
            worker.postMessage(stream, [stream]);
        });
        const reader = back.getReader();
        controller.enqueue('before');
        const { value } = await reader.read();
        worker.terminate();
        let settled = false;
        reader.read().finally(() => settled = true);
        for (let i = 0; i < 5; i++) {
            controller.enqueue('after');
            await new Promise(resolve => setTimeout(resolve));
        }
        return [value, settled, controller.desiredSize < 0]";
    assert_eq!(page.eval_async(body), r#"["before",false,true]"#);
}

#[test]
fn a_stream_that_nobody_reads_does_not_keep_the_page_busy() {
    let page = Page::open();
    page.run("const stream = new ReadableStream(); globalThis.copy = structuredClone(stream, { transfer: [stream] });");
    page.settle();
    assert_eq!(page.eval("copy.locked"), "false");
}
