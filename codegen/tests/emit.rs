//! The generated Rust, a golden file for each feature; that it compiles and does what it should is tested where there
//! is a run-time (`components/script/src/webidl/tests/`). `cargo insta accept` takes what changed on purpose.

use std::fs;
use std::path::Path;

use webidl_codegen::emit::{Implementation, Options};
use webidl_codegen::features::Features;
use webidl_codegen::{Sources, generate, generate_with, parse, resolve};

fn snapshot(folder: &str, text: impl Fn(&str, &str) -> String) {
    let mut paths: Vec<_> = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder))
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().expect("a file").to_string_lossy().into_owned();
        let source = fs::read_to_string(&path).expect("it can be read");
        insta::assert_snapshot!(format!("{folder}__{name}"), text(&name, &source));
    }
}

#[test]
fn each_feature_becomes_the_rust_that_it_should() {
    snapshot("emit", |name, source| {
        let model = resolve(parse(Sources::single(name, source))).expect("the IDL is sound");
        generate(&model).expect("all of it is supported").files.remove(0).text
    });
}

#[test]
fn what_cannot_be_generated_is_an_error_at_its_place() {
    snapshot("unsupported", |name, source| {
        let model = resolve(parse(Sources::single(name, source))).expect("the IDL is sound");
        generate(&model).expect_err("none of it is supported").to_string()
    });
}

const PARTIAL: &str = "
    [Global=Page, Exposed=Page] interface Page {};
    [Exposed=Page] interface There { readonly attribute long done; attribute long half; readonly attribute Absent? absent;
        readonly attribute long risky;
        undefined run(); undefined take((Absent or long) x); };
    [Exposed=Page] interface Absent {};
    [Exposed=Page] interface Child : Absent {};
";

#[test]
fn what_the_code_does_not_implement_is_left_out_and_listed() {
    let mut implementation = Implementation::new();
    implementation.add_module(
        "crate::dom",
        "#[dom_struct] pub struct Page {} #[dom_struct] pub struct There {} #[dom_struct] pub struct Child {}
         impl ThereMethods for There { fn Done(&self) {} fn Half(&self) {} fn GetAbsent(&self) {} fn TryRisky(&self) {}
            fn Take(&self) {} }",
    );
    let model = resolve(parse(Sources::single("partial.webidl", PARTIAL))).expect("the IDL is sound");
    let options = Options { implementation: Some(implementation), ..Options::default() };
    let output = generate_with(&model, &options).expect("it can be generated");
    let missing = [
        "ThereMethods::GetAbsent",
        "ThereMethods::Run",
        "ThereMethods::SetHalf",
        "struct Absent",
        "struct Child",
    ];
    assert_eq!(output.missing, missing);
    let text = &output.files[0].text;
    assert!(text.contains("c\"half\"") && !text.contains("SetHalf"), "{text}");
    assert!(
        text.contains("fn TryRisky(&self) -> Fallible<i32>;") && text.contains("fallible_getter("),
        "{text}"
    );
    assert!(!text.contains("Child") && !text.contains("c\"absent\""), "{text}");
    assert!(text.contains("enum AbsentOrLong {\n        Long(i32),\n    }"), "{text}");
}

#[test]
fn values_that_the_code_caches_have_places_in_the_objects() {
    let idl = "[Global=Page, Exposed=Page] interface Page {};
        [Exposed=Page] interface A { readonly attribute long n; readonly attribute DOMString a; };
        [Exposed=Page] interface B : A { readonly attribute DOMString b; stringifier attribute DOMString c; };
        [Exposed=Page] interface C : A { };
        [Exposed=Page] interface Base { readonly attribute DOMString d; };
        [Exposed=Page] interface List : Base { getter DOMString item(unsigned long index);
            readonly attribute unsigned long length; };";
    let mut implementation = Implementation::new();
    implementation.add_module(
        "crate::dom",
        "#[dom_struct] pub struct Page {} #[dom_struct] pub struct A {} #[dom_struct] pub struct B {}
         #[dom_struct] pub struct C {} #[dom_struct] pub struct Base {} #[dom_struct] pub struct List {}
         impl AMethods for A { fn N(&self) {} fn CachedA(&self) {} }
         impl BMethods for B { fn CachedB(&self) {} fn CachedC(&self) {} fn SetC(&self) {} }
         impl BaseMethods for Base { fn CachedD(&self) {} }
         impl ListMethods for List { fn Item(&self) {} fn Length(&self) {} }",
    );
    let model = resolve(parse(Sources::single("cached.webidl", idl))).expect("the IDL is sound");
    let options = Options { implementation: Some(implementation), ..Options::default() };
    let output = generate_with(&model, &options).expect("it can be generated");
    let text = output.files[0].text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "fn CachedA(&self) -> DOMString;",
        "cached_getter::<0, _, _>(|this: &A| this.CachedA())",
        "cached_getter::<1, _, _>(|this: &B| this.CachedB())",
        "cached_getter::<2, _, _>(|this: &B| this.CachedC())",
        "operation(|cx, this: &B, _| Ok(this.CachedC()))",
        "interface_type!(A, c\"A\", A, plain, 0, [0], [], 1);",
        "interface_type!(B, c\"B\", B, plain, 1, [0, 3], [A], 3);",
        "interface_type!(C, c\"C\", C, plain, 1, [0, 4], [A], 1);",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    // Proxies have no places for values.
    assert!(!text.contains("CachedD"), "{text}");
    assert_eq!(output.missing, ["BaseMethods::D"]);
}

#[test]
fn generating_twice_gives_the_same() {
    let model = resolve(parse(Sources::single("partial.webidl", PARTIAL))).expect("the IDL is sound");
    let texts = [(); 2].map(|()| generate(&model).expect("it can be generated").files.remove(0).text);
    assert_eq!(texts[0], texts[1]);
}

#[test]
fn what_belongs_to_a_feature_is_marked_so() {
    let idl = "[Global=Page, Exposed=Page] interface Page {}; [Exposed=Page] interface A { undefined f(); };
               [Exposed=Page] namespace n { const long X = 1; };";
    let model = resolve(parse(Sources::single("features.webidl", idl))).expect("the IDL is sound");
    let features = Features::parse("new: A, n.X\nnewer: A.f").expect("it is sound");
    assert_eq!(features.check(&model), Ok(()));
    let options = Options { features, ..Options::default() };
    let text = generate_with(&model, &options).expect("it can be generated").files.remove(0).text;
    for part in [
        "Exposure::ALL.feature(\"new\")",
        "operation(|cx, this: &A, args| this.F(cx))).feature(\"newer\")",
        "Member::constant(c\"X\", ConstantValue::Number(1.0)).feature(\"new\")",
    ] {
        assert!(text.replace("\n                ", "").contains(part), "{part} is not in\n{text}");
    }
}
