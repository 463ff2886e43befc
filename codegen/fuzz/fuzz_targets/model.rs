//! Any text becomes a model and bindings, or errors with places inside of the text; nothing makes it panic.
//!
//! With `cargo install cargo-fuzz` and a nightly compiler, in `codegen/`, for an hour (the first folder is where what is
//! found goes, the others are read alone; a web-platform-tests checkout's `interfaces/` is good, too):
//!
//! ```sh
//! cargo +nightly fuzz run model fuzz/corpus/model ../webidls tests/good tests/bad tests/emit -- \
//!     -dict=fuzz/idl.dict -max_len=20000 -timeout=20 -max_total_time=3600
//! ```
//!
//! What it finds goes, minimised (`cargo +nightly fuzz tmin`), into `tests/robust.rs` as a test before it is mended.

#![no_main]

use libfuzzer_sys::fuzz_target;
use webidl_codegen::{Sources, generate, parse, resolve};

fuzz_target!(|text: &str| {
    let errors = match resolve(parse(Sources::single("fuzz.webidl", text))) {
        Ok(model) => match generate(&model) {
            Ok(_) => return,
            Err(errors) => errors,
        },
        Err(errors) => errors,
    };
    assert!(!errors.diagnostics.is_empty());
    for diagnostic in &errors.diagnostics {
        let places = diagnostic.related.iter().map(|(span, _)| *span).chain([diagnostic.span]);
        for span in places {
            assert!(text.get(span.range()).is_some(), "{diagnostic:?} is outside of the text");
        }
    }
});
