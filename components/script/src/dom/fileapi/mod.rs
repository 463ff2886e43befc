//! File API: <https://w3c.github.io/FileAPI/>.

pub(crate) mod blob;
