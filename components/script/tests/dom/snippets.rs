//! Behaviours that are written in JavaScript: each file in `js/` is a list of them, see `js/prelude.js`.

use crate::support::{FakeBody, FakeResponse, Page};

/// Runs a file of behaviours; fails with the sentences of those that don't hold.
fn behaviours(file: &str) {
    let page = Page::open();
    page.network.serve("https://page.test/echo", FakeResponse::of(FakeBody::Echo));
    page.run(include_str!("js/prelude.js"));
    page.run(file);
    let result =
        page.eval_async("const { count, failed } = await run(); return `${count}\\n${failed.join('\\n')}`;");
    page.console();
    let (count, failed) = result.split_once('\n').expect("a number and a list");
    assert_ne!(count, "0");
    assert!(failed.is_empty(), "of {count} behaviours, these don't hold:\n{failed}");
}

macro_rules! snippets {
    ($($test:ident: $file:literal;)*) => {$(
        #[test]
        fn $test() {
            behaviours(include_str!(concat!("js/", $file)));
        }
    )*};
}

snippets! {
    abort_controllers_and_signals: "abort.js";
    attributes: "attributes.js";
    blobs: "blob.js";
    byte_streams: "byte_streams.js";
    canvases_and_inputs: "canvas.js";
    files: "file.js";
    elements: "elements.js";
    file_readers: "file_reader.js";
    forms: "form_data.js";
    geometry: "geometry.js";
    headers: "headers.js";
    mutation_observers: "mutation_observer.js";
    requests: "request.js";
    responses: "response.js";
    selectors: "selectors.js";
    streams: "streams.js";
    text_is_encoded_and_decoded: "encoding.js";
    ui_events: "ui_events.js";
    urls_and_search_params: "url.js";
}
