//! Any text becomes a model and bindings, or errors with places inside of the text; nothing makes it panic.
//!
//! `cargo +nightly fuzz run model`, in `codegen/`; the project's own IDL is a good corpus to begin with
//! (`cargo +nightly fuzz run model fuzz/corpus/model ../webidls tests/good tests/bad`).

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
