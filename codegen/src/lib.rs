//! Web IDL in, SpiderMonkey bindings in Rust out.
//!
//! Text → [`Sources`] → [`model::Model`] → [`Output`]. Nothing here reads or writes files; the command and the
//! helper for build scripts do.

pub mod diagnostic;
pub mod emit;
pub mod model;
pub mod source;

pub use diagnostic::Diagnostic;
pub use model::Model;
pub use source::Sources;

/// Generated files.
#[derive(Clone, Debug, Default)]
pub struct Output {
    /// Files in order.
    pub files: Vec<GeneratedFile>,
}

/// A generated file.
#[derive(Clone, Debug)]
pub struct GeneratedFile {
    /// Its name, without a folder.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Generates the bindings of a model.
pub fn generate(model: &Model) -> Result<Output, Vec<Diagnostic>> {
    emit::emit(model)
}
