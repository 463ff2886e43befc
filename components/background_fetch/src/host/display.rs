//! What a person sees (<https://wicg.github.io/background-fetch/#background-fetch-display>).

use std::sync::Arc;

use fetch::Origin;

use crate::concepts::{ImageResource, SettledResult, UniqueId};

/// Presents background fetches. A display is told, and answers nothing: what a person does there reaches the
/// component through [`Handle::click`](crate::Handle::click), [`Handle::pause`](crate::Handle::pause),
/// [`Handle::resume`](crate::Handle::resume) and [`Handle::abort`](crate::Handle::abort).
///
/// The methods are called from the service's own task and must return at once (hand the data on, draw
/// elsewhere).
pub trait Display: Send + Sync {
    /// A fetch is new or has changed. Changes are coalesced
    /// ([`Config::update_interval`](crate::Config::update_interval)); the last one before a fetch settles is
    /// never left out.
    fn show(&self, fetch: DisplayedFetch);

    /// A fetch is gone: its event is over or its data was cleared.
    fn remove(&self, fetch: UniqueId);
}

/// What there is to show of a fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayedFetch {
    /// Which fetch this is.
    pub unique_id: UniqueId,
    /// The id that the page gave it.
    pub id: Arc<str>,
    /// The origin of the registration's scope, which has to be shown prominently.
    pub origin: Origin,
    /// The title, perhaps empty.
    pub title: Arc<str>,
    /// The icons to choose from.
    pub icons: Arc<[ImageResource]>,
    /// The bytes of request bodies, and how many have been sent.
    pub upload_total: u64,
    /// The bytes of request bodies sent so far.
    pub uploaded: u64,
    /// The announced size of all response bodies; 0 if none was.
    pub download_total: u64,
    /// The bytes stored so far.
    pub downloaded: u64,
    /// How many records there are.
    pub records: u32,
    /// How many of them are settled.
    pub settled_records: u32,
    /// What went wrong last, in words: why a request waits, or why one failed.
    pub problem: Option<Arc<str>>,
    /// What is going on.
    pub state: DisplayState,
}

/// What a fetch is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisplayState {
    /// Going on. NB: SD-66: bandwidth is being used while a fetch is active and not paused.
    Active {
        /// Whether it could be paused: every request is a GET.
        can_pause: bool,
        /// Whether every request that is left waits for the network to come back.
        waiting: bool,
    },
    /// Paused by a person, or waiting to be let go at all.
    Paused,
    /// Over; it can still be clicked until its event has been handled.
    Settled(SettledResult),
}
