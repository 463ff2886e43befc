//! Streams: <https://streams.spec.whatwg.org/>, a file per section.
//!
//! - [`readable_stream`], [`readable_stream_operations`], [`async_iterator`]: the class, and the abstract operations
//!   on streams.
//! - [`readable_stream_default_reader`], [`readable_stream_byob_reader`], [`readers`], [`read_requests`]: readers.
//! - [`readable_stream_default_controller`], [`readable_byte_stream_controller`],
//!   [`byte_stream_queue`], [`byte_stream_pulls`], [`pull_into`], [`readable_stream_byob_request`]: the two kinds of controllers.
//! - [`underlying_source`]: where chunks come from: script, or Rust ([`native_source`], [`body_source`] with its buffer
//!   [`read_ahead`], [`tee`], [`byte_tee`], [`proxy`]).
//! - [`transfer`]: streams that move to another realm or agent.
//! - [`reading`], [`native_source`]: "Using streams in other specifications", for other Rust code.

pub(crate) mod array_buffers;
mod async_iterator;
pub(crate) mod body_source;
mod byte_stream_pulls;
mod byte_stream_queue;
pub(crate) mod byte_tee;
pub(crate) mod native_source;
pub(crate) mod promises;
pub(crate) mod proxy;
pub(crate) mod pull_into;
pub(crate) mod queue_with_sizes;
pub(crate) mod queuing_strategies;
mod read_ahead;
pub(crate) mod read_requests;
pub(crate) mod readable_byte_stream_controller;
pub(crate) mod readable_stream;
pub(crate) mod readable_stream_byob_reader;
pub(crate) mod readable_stream_byob_request;
pub(crate) mod readable_stream_default_controller;
pub(crate) mod readable_stream_default_reader;
pub(crate) mod readable_stream_operations;
pub(crate) mod readers;
pub(crate) mod reading;
pub(crate) mod size_functions;
pub(crate) mod tee;
mod transfer;
pub(crate) mod underlying_source;
