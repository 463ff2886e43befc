//! Media elements: <https://html.spec.whatwg.org/multipage/media.html>, as far as an engine has them that plays nothing:
//! their resources are selected, fetched and looked at. No format is supported, since there is no decoder, so that every
//! resource ends in `MEDIA_ERR_SRC_NOT_SUPPORTED`.

pub(crate) mod html_audio_element;
pub(crate) mod html_media_element;
mod load;
pub(crate) mod media_error;
mod playing;
mod resource_fetch;
pub(crate) mod time_ranges;
