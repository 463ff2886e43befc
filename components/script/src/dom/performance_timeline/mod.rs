//! Performance entries: <https://w3c.github.io/performance-timeline/>, and those of resources:
//! <https://w3c.github.io/resource-timing/>.

pub(crate) mod performance_entry;
pub(crate) mod performance_resource_timing;
mod resource_timings;
mod timed_fetch;

pub(crate) use resource_timings::ResourceTimings;
pub(crate) use timed_fetch::{fetch_with_timing, start_fetch};
