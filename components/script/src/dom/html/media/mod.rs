//! Media elements: <https://html.spec.whatwg.org/multipage/media.html>, in an engine that shows and sounds nothing.
//!
//! Resources are selected, fetched by ranges and read; nothing is decoded. Playing is a clock that doesn't run ahead of what
//! was read.

mod demuxing;
pub(crate) mod html_audio_element;
pub(crate) mod html_media_element;
pub(crate) mod html_source_element;
pub(crate) mod html_video_element;
mod load;
pub(crate) mod media_error;
mod playback;
mod playing;
mod promises;
mod ready_states;
mod resource_fetch;
mod seeking;
mod sources;
pub(crate) mod time_ranges;
