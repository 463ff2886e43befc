//! Media resources as an engine sees them that shows and sounds nothing: what is in a container, how long it is, and
//! until when it is there. Nothing is decoded, since nobody would see or hear it.
//!
//! [`Demuxer`] reads a resource from anything that can be read, and blocks where that does. [`can_play_type`] tells what
//! it reads. Times are seconds from the resource's begin.

mod demuxer;
mod types;

pub use demuxer::{Demuxer, Metadata};
/// Where a resource's bytes come from.
pub use symphonia::core::io::MediaSource;
pub use types::{CanPlayType, can_play_type};

/// Why a resource can't be played, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is of no format that is known, or has nothing to play.
    #[error("it is of no format that can be played ({0})")]
    Unsupported(String),
    /// It is of a format that is known, and damaged.
    #[error("its data is damaged: {0}")]
    Malformed(String),
    /// It could not be read.
    #[error(transparent)]
    Source(std::io::Error),
}
