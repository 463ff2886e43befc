//! Files in and out, for build scripts and the command: the only I/O of this crate.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::Errors;
use crate::source::Sources;

/// Why files could not be read, resolved or written.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A file or folder.
    #[error("{action} {} failed", path.display())]
    Io {
        /// What was tried: "reading", "writing".
        action: &'static str,
        /// With which file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// A folder without IDL.
    #[error("{} has no .webidl or .idl file", .0.display())]
    NoFiles(PathBuf),
    /// Errors in the IDL.
    #[error(transparent)]
    Errors(#[from] Errors),
}

impl Failure {
    fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Failure {
        move |source| Failure::Io { action, path: path.to_owned(), source }
    }
}

/// Reads IDL files: each path is a file, or a folder of which all `.webidl` and `.idl` files are read in the order of
/// their names. A file's name is its path as given.
pub fn read(paths: &[PathBuf]) -> Result<Sources, Failure> {
    let mut sources = Sources::new();
    for path in paths {
        for file in files(path)? {
            let bytes = fs::read(&file).map_err(Failure::io("reading", &file))?;
            let text = String::from_utf8(bytes).map_err(|error| {
                Failure::io("reading", &file)(io::Error::new(io::ErrorKind::InvalidData, error))
            })?;
            sources.add(file.display().to_string(), text);
        }
    }
    Ok(sources)
}

fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(Failure::io("reading", path))? {
        let file = entry.map_err(Failure::io("reading", path))?.path();
        if file.extension().is_some_and(|extension| extension == "webidl" || extension == "idl") {
            files.push(file);
        }
    }
    if files.is_empty() {
        return Err(Failure::NoFiles(path.to_owned()));
    }
    files.sort();
    Ok(files)
}

/// Writes a file unless it has that text already, so that nothing that depends on it is built again. Returns whether
/// it was written.
pub fn write_if_changed(path: &Path, text: &str) -> Result<bool, Failure> {
    if fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(false);
    }
    fs::write(path, text).map_err(Failure::io("writing", path))?;
    Ok(true)
}

/// For a build script: generates the bindings of all IDL files in `folder` into `out`, and tells cargo what they
/// depend on. The failure's `Display` has a line with the place and the source line per error.
pub fn build(folder: &Path, out: &Path) -> Result<(), Failure> {
    println!("cargo:rerun-if-changed={}", folder.display());
    for file in files(folder)? {
        println!("cargo:rerun-if-changed={}", file.display());
    }
    let model = crate::resolve(crate::parse(read(&[folder.to_owned()])?))?;
    for file in crate::generate(&model)?.files {
        write_if_changed(&out.join(&file.name), &file.text)?;
    }
    Ok(())
}
