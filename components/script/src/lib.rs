//! The engine: SpiderMonkey, event loops, bindings and DOM.

pub mod automation;
pub mod dom;
pub mod embedder;
mod engine;
mod runtime;
pub mod services;
pub mod webidl;

pub use engine::{Engine, PageHandle};
pub use runtime::pending::PendingOperation;
pub use runtime::task_sender::{GlobalTask, TaskSender};
pub use runtime::task_source::TaskSource;

/// What `webidl-codegen` makes of `webidls/` and of what the DOM code implements.
#[allow(
    missing_docs,
    non_snake_case,
    unused_braces,
    unused_imports,
    unused_variables,
    dead_code,
    clippy::all
)]
pub mod bindings {
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
}
