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
    match build(&product) {
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
