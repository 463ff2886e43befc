//! Bodies on their way out ([`upload`]) and in ([`receive`], [`content_coding`], [`buffer`]).

pub(crate) mod buffer;
pub(crate) mod content_coding;
pub(crate) mod receive;
pub(crate) mod upload;
