//! Encoding: <https://encoding.spec.whatwg.org/#api>.

pub(crate) mod text_decoder;
pub(crate) mod text_encoder;
