//! Namespaces (<https://webidl.spec.whatwg.org/#idl-namespaces>).

use super::{Attribute, Constant, Exposure, ExtendedAttributes, Operation};
use crate::source::Span;

/// A namespace with the members of its partials.
#[derive(Clone, Debug)]
pub struct Namespace {
    /// Its identifier.
    pub name: String,
    /// Where its identifier stands.
    pub span: Span,
    /// In which globals it is exposed.
    pub exposure: Exposure,
    /// `[SecureContext]`.
    pub secure_context: bool,
    /// `[CrossOriginIsolated]`.
    pub cross_origin_isolated: bool,
    /// Constants in order.
    pub constants: Vec<Constant>,
    /// Read-only attributes in order.
    pub attributes: Vec<Attribute>,
    /// Operations in order of their first overload.
    pub operations: Vec<Operation>,
    /// Its extended attributes.
    pub extended: ExtendedAttributes,
}
