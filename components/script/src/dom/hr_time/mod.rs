//! High resolution time: <https://w3c.github.io/hr-time/>.

pub(crate) mod performance;
