//! The profile: what outlives the program.
//!
//! # What is where
//! | In the profile's folder | |
//! |---|---|
//! | `lock` | Held while the profile is open: one process at a time. Names that process. |
//! | `state.sqlite` | All state, and bodies up to [`Options::inline_limit`]. |
//! | `bodies/<id>.body` | A longer body. |
//! | `reserve` | Two megabytes that bodies can't have: they are given up to state changes when the disk is full. |
//! | `damaged-<time>/` | A database that could not be read any more, with its bodies. Never deleted by the program. |
//!
//! # What holds
//! - A state change is one transaction. An operation that fails leaves nothing behind.
//! - When an operation has been answered, it survives the end of the process, at any moment and in any way.
//!   [`SyncPolicy`] says what survives a loss of power.
//! - Bytes reach their file before the state that counts them, and the disk before the state that relies on them there.
//!   So when a profile is opened, a file may be longer than its committed length, and is cut to it; if it is shorter,
//!   something outside took bytes away: that is reported, and the record starts again.
//! - Operations take effect in the order in which they are asked for.
//! - Cookies that outlive their session are written down as they change, without an answer; those of a session never.
//! - A body that is being read stays readable when what it belongs to is deleted.
//! - A profile of a newer program is refused; a damaged one is set aside, never emptied.
//!
//! # Threads
//! One thread owns the database and writes the body files (module `writer`); a few others read body files. Callers
//! wait for answers as futures, on whatever runtime they have. The queue to the thread has no bound of its own: who
//! writes bounds what it has handed over without an answer, and so goes as fast as the disk does.

mod background_fetch;
mod bodies;
mod boot;
mod cookies;
mod error;
mod json;
mod lock;
mod options;
mod profile;
mod quota;
mod registrations;
mod reserve;
mod schema;
mod writer;

pub use bodies::Recovery;
pub use error::{Error, OpenError};
pub use options::{Options, SyncPolicy};
pub use profile::{Profile, SetAside};
pub use quota::Usage;
