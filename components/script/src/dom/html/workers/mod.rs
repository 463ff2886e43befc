//! Web workers: <https://html.spec.whatwg.org/multipage/workers.html>.
//!
//! A worker is an agent of its own. [`run`] is how one comes to be, on its thread; [`worker_link`] is what a `Worker`
//! object and its dedicated worker know of each other, [`shared_worker_manager`] who finds shared workers. What a worker
//! does keeps its owners from being idle (see [`crate::runtime::task_queue::TaskQueue::add_owner`]); a dedicated worker
//! ends before its owner, a shared one after the last of them.

pub(crate) mod dedicated_worker_global_scope;
mod fetch_script;
pub(crate) mod import_scripts;
mod run;
pub(crate) mod shared_worker;
pub(crate) mod shared_worker_global_scope;
pub(crate) mod shared_worker_manager;
pub(crate) mod worker;
pub(crate) mod worker_global_scope;
mod worker_link;
pub(crate) mod worker_location;
