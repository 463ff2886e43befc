//! Generates the bindings of `webidls/`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use webidl_codegen::{Build, build};

fn main() -> ExitCode {
    let out = std::env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    let webidls = Path::new("../../webidls").to_owned();
    let product = Build {
        idl: vec![webidls],
        others: Vec::new(),
        code: vec![("src/dom".into(), "crate::dom".into())],
        out: out.join("bindings.rs"),
    };
    // The interfaces that the tests of the bindings bring along.
    let tests = Build {
        idl: vec!["src/webidl/tests".into()],
        others: product.idl.clone(),
        code: vec![product.code[0].clone(), ("src/webidl/tests".into(), "crate::webidl::tests".into())],
        out: out.join("test_bindings.rs"),
    };
    match build(&product).and_then(|missing| build(&tests).map(|_| missing)) {
        Ok(missing) => {
            if let Err(error) = std::fs::write(out.join("missing.txt"), missing.join("\n")) {
                println!("cargo:warning=missing.txt could not be written: {error}");
            }
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
