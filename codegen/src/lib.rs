//! Web IDL in, SpiderMonkey bindings in Rust out.
//!
//! Text ([`Sources`]) → [`parse`] (tokens, pre-pass, weedle; [`Syntax`]) → [`resolve`] ([`Model`]) → [`generate`]
//! ([`Output`]). Nothing of this reads or writes files; the command and the helper for build scripts ([`build`]) do.
//! Errors are [`Diagnostic`]s with places, as many as there are; no input makes it panic.

mod build_script;
pub mod diagnostic;
mod diff;
pub mod emit;
pub mod features;
pub mod model;
mod resolve;
pub mod source;
mod syntax;

pub use build_script::{Build, Failure, build, read, write_if_changed};
pub use diagnostic::{Diagnostic, Errors};
pub use diff::{Change, diff};
pub use model::Model;
pub use source::Sources;

/// The definitions of a set of texts, not yet resolved.
#[derive(Clone, Debug)]
pub struct Syntax {
    sources: Sources,
    definitions: Vec<syntax::Definition>,
    broken: Vec<String>,
    errors: Vec<Diagnostic>,
}

impl Syntax {
    /// How many definitions were found, partial ones and `includes` statements included.
    pub fn len(&self) -> usize {
        self.definitions.len()
    }

    /// Whether there is no definition at all.
    pub fn is_empty(&self) -> bool {
        self.definitions.is_empty()
    }

    /// What isn't IDL; [`resolve`] reports it too.
    pub fn errors(&self) -> &[Diagnostic] {
        &self.errors
    }
}

/// Parses all texts. What isn't IDL is left out and remembered as errors.
pub fn parse(sources: Sources) -> Syntax {
    let (mut definitions, mut broken, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for (file, source) in sources.iter() {
        definitions.extend(syntax::parse(file, source.text(), &mut broken, &mut errors));
    }
    Syntax { sources, definitions, broken, errors }
}

/// Resolves definitions; fails with all errors, those of [`parse`] included.
pub fn resolve(syntax: Syntax) -> Result<Model, Errors> {
    match resolve_what_is_sound(syntax) {
        (model, None) => Ok(model),
        (_, Some(errors)) => Err(errors),
    }
}

/// As [`resolve`], with a model of what is sound in any case: to look at, not to generate from. The types that errors are
/// about are `any` in it.
pub fn resolve_what_is_sound(syntax: Syntax) -> (Model, Option<Errors>) {
    let Syntax { sources, definitions, broken, mut errors } = syntax;
    let model = resolve::resolve(&sources, &definitions, &broken, &mut errors);
    let errors = (!errors.is_empty()).then(|| Errors::new(sources, errors));
    (model, errors)
}

/// Generated files.
#[derive(Clone, Debug, Default)]
pub struct Output {
    /// Files in order.
    pub files: Vec<GeneratedFile>,
    /// Methods that the DOM code doesn't have; what needs them was left out.
    pub missing: Vec<String>,
}

/// A generated file.
#[derive(Clone, Debug)]
pub struct GeneratedFile {
    /// Its name, without a folder.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Generates the bindings of a model, all of it.
pub fn generate(model: &Model) -> Result<Output, Errors> {
    generate_with(model, &emit::Options::default())
}

/// Generates the bindings of a model as the options want it.
pub fn generate_with(model: &Model, options: &emit::Options) -> Result<Output, Errors> {
    emit::emit(model, options).map_err(|errors| Errors::new(model.sources.clone(), errors))
}
