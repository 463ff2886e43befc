//! Scripts of documents: <https://html.spec.whatwg.org/multipage/scripting.html#script-processing-model>.

mod execute;
pub(crate) mod fetch_script;
mod lists;
mod module;
mod prepare;

pub(crate) use lists::PendingScripts;

use fetch::Url;

use crate::runtime::module_script::Referrer;

/// <https://html.spec.whatwg.org/multipage/scripting.html#concept-script-type>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScriptType {
    /// "classic"
    Classic,
    /// "module"
    Module,
}

/// <https://html.spec.whatwg.org/multipage/scripting.html#concept-script-result>
#[derive(Debug)]
pub(crate) enum ScriptResult {
    /// It is not ready yet.
    Uninitialized,
    /// There will be none: it could not be had.
    Null,
    /// A classic script, not yet compiled.
    Classic(Box<SourceText>),
    /// A module script; the element holds it.
    Module,
}

/// A classic script's text, and what goes with it.
#[derive(Clone, Debug)]
pub(crate) struct SourceText {
    /// The text.
    pub(crate) text: String,
    /// The URL that errors name.
    pub(crate) url: Url,
    /// The line of it that the text starts in.
    pub(crate) line: u32,
    /// <https://html.spec.whatwg.org/multipage/webappapis.html#muted-errors>
    pub(crate) muted_errors: bool,
    /// For what it imports.
    pub(crate) referrer: Referrer,
}
