//! What all agents of an engine share.

use std::sync::{Arc, OnceLock};

use fetch::blob_urls::BlobUrlStore;

use crate::dom::html::broadcast_channel::BroadcastChannels;
use crate::dom::html::workers::shared_worker_manager::SharedWorkerManager;
use crate::services::Services;

/// What all agents of an engine share. Each part sees to its own locking.
#[derive(Default)]
pub(crate) struct EngineState {
    /// Service workers and background fetches, once they are started.
    pub(crate) services: OnceLock<Services>,
    /// Open broadcast channels.
    pub(crate) broadcast_channels: BroadcastChannels,
    /// Running shared workers.
    pub(crate) shared_workers: SharedWorkerManager,
    /// What `blob:` URLs stand for.
    pub(crate) blob_urls: Arc<BlobUrlStore>,
}
