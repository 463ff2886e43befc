//! No input makes the generator panic: random text, random tokens, cut-off and mutated real IDL. Every error's place is
//! inside of its text. `PROPTEST_CASES` makes it try more; `fuzz/` has a target that is led by coverage.

use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;
use webidl_codegen::{Sources, generate, parse, resolve};

/// The project's IDL and the test files: every construct there is.
static REAL: LazyLock<Vec<String>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["../webidls", "tests/good", "tests/bad", "tests/emit"].map(|folder| root.join(folder));
    let sources = webidl_codegen::read(&folders).expect("readable files");
    sources.iter().map(|(_, source)| source.text().to_owned()).collect()
});

/// Words and signs that mean something to the parser.
const TOKENS: [&str; 62] = [
    "interface",
    "mixin",
    "partial",
    "callback",
    "namespace",
    "dictionary",
    "enum",
    "typedef",
    "includes",
    "attribute",
    "readonly",
    "static",
    "stringifier",
    "inherit",
    "const",
    "constructor",
    "getter",
    "setter",
    "deleter",
    "optional",
    "required",
    "iterable",
    "async_iterable",
    "async_sequence",
    "maplike",
    "setlike",
    "sequence",
    "record",
    "Promise",
    "FrozenArray",
    "ObservableArray",
    "unsigned",
    "long",
    "any",
    "undefined",
    "DOMString",
    "or",
    "null",
    "Window",
    "A",
    "B",
    "x",
    "_y",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "<",
    ">",
    ",",
    ";",
    ":",
    "=",
    "?",
    "*",
    "...",
    "1",
    "-0x1F",
    "\"s\"",
    "[Exposed=*]",
];

fn survives(text: &str) {
    let bindings = resolve(parse(Sources::single("test.webidl", text))).and_then(|model| generate(&model));
    if let Err(errors) = bindings {
        assert!(!errors.diagnostics.is_empty());
        for diagnostic in &errors.diagnostics {
            let places = diagnostic.related.iter().map(|(span, _)| *span).chain([diagnostic.span]);
            for span in places {
                assert!(text.get(span.range()).is_some(), "{diagnostic:?} is outside of the text");
            }
            assert!(!diagnostic.message.is_empty());
        }
        let rendered: Vec<_> = errors.reports().take(3).map(|report| format!("{report:?}")).collect();
        assert!(!rendered.is_empty());
    }
}

/// How many of each kind are tried.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(300)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_text(text in "(?s).{0,400}") {
        survives(&text);
    }

    #[test]
    fn random_tokens(tokens in proptest::collection::vec(proptest::sample::select(&TOKENS[..]), 0..120)) {
        survives(&tokens.join(" "));
    }

    #[test]
    fn real_idl_cut_off(file in any::<prop::sample::Index>(), end in any::<prop::sample::Index>()) {
        let text = file.get(&REAL[..]);
        let mut end = end.index(text.len() + 1);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        survives(&text[..end]);
    }

    #[test]
    fn real_idl_mutated(
        file in any::<prop::sample::Index>(),
        changes in proptest::collection::vec(
            (any::<prop::sample::Index>(), 0usize..12, proptest::sample::select(&TOKENS[..])), 1..6),
    ) {
        let mut text: Vec<char> = file.get(&REAL[..]).chars().collect();
        for (at, removed, inserted) in changes {
            let at = at.index(text.len() + 1);
            let end = (at + removed).min(text.len());
            text.splice(at..end, inserted.chars());
        }
        survives(&text.into_iter().collect::<String>());
    }
}

/// As deep as brackets may nest, on the small stack of a test's thread, also where it fails at the end.
#[test]
fn deep_nesting_neither_overflows_nor_takes_long() {
    for depth in [10, 13, 14, 15, 16, 1000, 100_000] {
        for (open, inner, close) in [
            ("sequence<", "long", ">"),
            ("sequence<", "1", ">"),
            ("(", "long or DOMString", ")"),
            ("(A or ", "long", ")"),
            ("record<DOMString, ", "long x", ">"),
            ("record<", "long", ", long>"),
            ("Promise<", "[A] long", ">"),
            ("[A(", "long x", ") long x]"),
            ("[", "A", "]"),
        ] {
            let nested = format!("{}{inner}{}", open.repeat(depth), close.repeat(depth));
            survives(&format!("typedef {nested} T;"));
            survives(&format!("[Exposed=*] interface I {{ undefined f({nested} x, {nested}... y); }};"));
        }
    }
}

/// Chains of definitions are walked, not recursed into without end.
#[test]
fn long_chains_of_definitions_survive() {
    let typedefs: String = (0..5000).map(|n| format!("typedef sequence<T{}> T{n};\n", n + 1)).collect();
    survives(&(typedefs + "typedef long T5000;"));
    let interfaces: String =
        (0..1000).map(|n| format!("[Exposed=*] interface I{n} : I{} {{}};\n", n + 1)).collect();
    survives(&(interfaces.clone() + "[Exposed=*] interface I1000 {};"));
    survives(&(interfaces + "[Exposed=*] interface I1000 : I0 {};"));
}
