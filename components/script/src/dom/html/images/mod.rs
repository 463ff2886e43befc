//! Images: <https://html.spec.whatwg.org/multipage/images.html>, in an engine that shows none: they are fetched, and looked
//! at as far as it takes to know what they are and how large.

pub(crate) mod html_image_element;
mod image_request;
mod source_set;
