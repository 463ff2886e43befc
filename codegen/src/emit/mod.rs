//! Rust from the resolved model.

use crate::Output;
use crate::diagnostic::Diagnostic;
use crate::model::Model;

/// Generates the bindings of a model; what can't be generated yet is an error at its place.
pub fn emit(_model: &Model) -> Result<Output, Vec<Diagnostic>> {
    Ok(Output::default())
}
