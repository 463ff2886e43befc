//! The command: exit codes, and errors with file, line, column and the source line.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn run(arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_webidl-codegen"));
    command.args(arguments).current_dir(folder).env("NO_COLOR", "1");
    command.output().expect("the command runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn check_of_sound_idl_says_what_there_is() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("b.idl"), "partial dictionary D { long y; };").expect("writable");
    fs::write(folder.path().join("a.webidl"), "dictionary D { long x; };").expect("writable");
    fs::write(folder.path().join("notes.txt"), "not IDL").expect("writable");
    let output = run(&["check", "."], folder.path());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let expected = "2 files, 2 definitions: 0 interfaces, 1 dictionaries, 0 enums, 0 callbacks, 0 callback interfaces, \
                    0 namespaces\n";
    assert_eq!(text(&output.stdout), expected);
}

#[test]
fn check_of_wrong_idl_shows_every_error_and_ends_with_1() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("a.webidl"), "dictionary D {\n  Missing x;\n  long x;\n};\n")
        .expect("writable");
    let output = run(&["check", "a.webidl"], folder.path());
    assert_eq!(output.status.code(), Some(1));
    let errors = text(&output.stderr);
    for part in [
        "there is no type `Missing`",
        "a.webidl:2:3",
        "Missing x;",
        "there already is a member `x`",
        "a.webidl:3:8",
        "2 errors",
    ] {
        assert!(errors.contains(part), "{part} is not in\n{errors}");
    }
}

#[test]
fn what_cannot_be_read_ends_with_1_and_names_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("bytes.webidl"), [0xff, 0xfe]).expect("writable");
    fs::create_dir(folder.path().join("empty")).expect("writable");
    for (path, part) in [("none.webidl", "none.webidl"), ("bytes.webidl", "utf-8"), ("empty", "no .webidl")] {
        let output = run(&["check", path], folder.path());
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains(part), "{}", text(&output.stderr));
    }
}

#[test]
fn wrong_usage_ends_with_2() {
    let folder = tempfile::tempdir().expect("a folder");
    for arguments in [&[][..], &["check"], &["generate", "a.webidl"], &["diff", "a.webidl"], &["other"]] {
        assert_eq!(run(arguments, folder.path()).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn generate_does_not_touch_what_has_not_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.rs");
    assert!(webidl_codegen::write_if_changed(&path, "one").expect("writable"));
    assert!(!webidl_codegen::write_if_changed(&path, "one").expect("writable"));
    assert!(webidl_codegen::write_if_changed(&path, "two").expect("writable"));
    assert_eq!(fs::read_to_string(&path).expect("readable"), "two");
}

#[test]
fn diff_says_what_differs_and_ends_with_1() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("a.webidl"), "dictionary D { long x; long y; };").expect("writable");
    fs::write(folder.path().join("b.webidl"), "dictionary D { DOMString x; long z; };").expect("writable");
    let output = run(&["diff", "a.webidl", "b.webidl"], folder.path());
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        text(&output.stdout),
        "~ dictionary D: x\n    - long x; (a.webidl:1)\n    + DOMString x; (b.webidl:1)\n\
         - dictionary D: y (a.webidl:1)\n+ dictionary D: z (b.webidl:1)\n"
    );
    let same = run(&["diff", "a.webidl", "a.webidl"], folder.path());
    assert_eq!((same.status.code(), text(&same.stdout)), (Some(0), String::new()));
}

#[test]
fn generate_makes_the_folder_that_it_writes_to() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("a.webidl"), "dictionary D { long x; };").expect("writable");
    let output = run(&["generate", "--out", "not/there", "a.webidl"], folder.path());
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(fs::read_dir(folder.path().join("not/there")).expect("it is there").next().is_some());
}
