//! Golden tests of the front end: every file of `tests/good` resolves to the model in its snapshot, every file of
//! `tests/bad` ends in the errors in its snapshot. `INSTA_UPDATE=always cargo test` writes the snapshots anew.

use std::path::{Path, PathBuf};

use webidl_codegen::{Sources, parse, resolve};

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let entries = std::fs::read_dir(&folder).expect("the folder of test files");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn load(file: &Path) -> (String, Sources) {
    let name = file.file_name().expect("a name").to_string_lossy().into_owned();
    let text = std::fs::read_to_string(file).expect("a readable file");
    (name.clone(), Sources::single(name, text))
}

#[test]
fn sound_idl_resolves_to_its_model() {
    for file in files("good") {
        let (name, sources) = load(&file);
        match resolve(parse(sources)) {
            Ok(model) => insta::assert_snapshot!(format!("good/{name}"), model.print()),
            Err(errors) => panic!("{errors}"),
        }
    }
}

#[test]
fn wrong_idl_ends_in_errors_with_their_places() {
    for file in files("bad") {
        let (name, sources) = load(&file);
        match resolve(parse(sources)) {
            Ok(model) => panic!("{name} has no errors:\n{}", model.print()),
            Err(errors) => insta::assert_snapshot!(format!("bad/{name}"), errors),
        }
    }
}

/// The project's own IDL.
#[test]
fn the_projects_own_idl_resolves() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../webidls");
    let sources = webidl_codegen::read(&[folder]).expect("readable files");
    let model = resolve(parse(sources)).unwrap_or_else(|errors| panic!("{errors}"));
    let globals: Vec<_> = model.globals().map(|(_, global)| global.name.as_str()).collect();
    let workers = ["DedicatedWorkerGlobalScope", "ServiceWorkerGlobalScope", "SharedWorkerGlobalScope"];
    assert_eq!(globals[..3], workers);
    assert_eq!(globals[3..], ["Window"]);
    let manager = &model[model.interface_named("BackgroundFetchManager").expect("an interface")];
    let fetch = manager.operation("fetch").expect("an operation");
    assert!(fetch.returns_promise());
    assert_eq!(fetch.length(), 2);
    assert_eq!(model.location(fetch.span).line, 17);
}
