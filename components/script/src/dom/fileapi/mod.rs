//! File API: <https://w3c.github.io/FileAPI/>.

pub(crate) mod blob;
pub(crate) mod blob_urls;
pub(crate) mod file;
pub(crate) mod file_list;
pub(crate) mod file_reader;
pub(crate) mod file_reader_sync;
mod package_data;
