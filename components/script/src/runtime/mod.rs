//! The SpiderMonkey engine room: one runtime per agent thread, and its event loop.
//!
//! * [`engine_thread`] starts SpiderMonkey once per process, owns the root runtime whose children the
//!   agents' runtimes are, watches for scripts that run too long, and ends everything in order.
//! * [`agent`] is one agent: an operating system thread, its runtime, its event loop and its state. `agent_end` is how
//!   others learn that it is gone, `engine_state` what all agents share.
//! * [`task_queue`] is the part of an agent that other threads can reach: tasks, wake-ups, the count of
//!   pending operations. [`task_sender`] is what they hold; [`backlog`] limits what they queue.
//! * [`event_loop`] takes tasks and timers one at a time, each followed by a microtask checkpoint.
//! * [`microtasks`], [`rejections`] and [`timers`] are the three further queues that HTML describes.
//! * [`classic_script`], [`module_script`], [`exception`] and [`interrupt`] run script and say what became of it.
//! * `engine_tasks`, `finalization`, `string_compilation` and `weak_references` are further hooks of SpiderMonkey's.
//!
//! JavaScript values never leave their agent's thread. What crosses it is plain data and [`task_sender::TaskSender`]s.

pub(crate) mod agent;
pub(crate) mod agent_end;
pub(crate) mod backlog;
pub(crate) mod classic_script;
pub(crate) mod engine_state;
mod engine_tasks;
pub(crate) mod engine_thread;
pub(crate) mod event_loop;
pub(crate) mod exception;
mod finalization;
pub(crate) mod interrupt;
pub(crate) mod microtasks;
pub(crate) mod module_script;
pub(crate) mod pending;
pub(crate) mod rejections;
mod string_compilation;
pub(crate) mod task_queue;
pub(crate) mod task_sender;
pub(crate) mod task_source;
pub(crate) mod timers;
mod watchdog;
mod weak_references;

#[cfg(test)]
mod tests;
