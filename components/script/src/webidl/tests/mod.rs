//! Tests of the bindings, with interfaces of their own (`*.webidl`).
//!
//! Each needs a process of its own, since there is one engine per process: run them with nextest.

mod binding;
mod calls;
mod collection;
mod collections;
mod compiled;
mod conversions;
mod events;
mod exceptions;
mod harness;
mod interface_objects;
mod iteration;
mod members;
mod objects;
mod promises;
mod stores;
mod structured;
mod values;

/// What the generator makes of them.
#[allow(
    missing_docs,
    non_snake_case,
    unused_braces,
    unused_imports,
    unused_variables,
    dead_code,
    clippy::all
)]
pub(crate) mod generated {
    include!(concat!(env!("OUT_DIR"), "/test_bindings.rs"));
}

/// Evaluates each script and compares its value, as a string.
fn check(agent: &harness::TestAgent, expected: &[(&'static str, &str)]) {
    for (source, expected) in expected {
        assert_eq!(agent.eval(source), *expected, "{source}");
    }
}

#[test]
fn all_of_webidls_is_implemented() {
    assert_eq!(include_str!(concat!(env!("OUT_DIR"), "/missing.txt")), "");
}
