//! How the rest of the engine talks to the service.

mod reply;
mod requests;

use std::sync::Weak;

use fetch::{Response, StorageKey};
use tokio::sync::mpsc;

pub use reply::Reply;
pub use requests::{
    ListedFetch, ListedRecord, MatchedRecord, MatchedResponse, NewBackgroundFetch, NewRequest, Query,
    QueryOptions,
};

use crate::concepts::{Instance, RegistrationKey, UiUpdate, UniqueId};

/// Follows one fetch for one `BackgroundFetchRegistration` object.
///
/// The service holds it weakly: whoever wants to be told keeps the [`Arc`](std::sync::Arc), and stops being
/// told by dropping it.
pub trait Observer: Send + Sync {
    /// [Update background fetch
    /// instances](https://wicg.github.io/background-fetch/#update-background-fetch-instance-algorithm): these
    /// are the fetch's values now. Called from the service's own task; it must not block.
    ///
    /// Updates are coalesced, the one that settles the fetch is always told. What the object does with it
    /// (compare, copy, fire `progress` at most once per queued task, NB: SD-26) is the specification's steps
    /// 6.1 to 6.10.
    fn updated(&self, instance: &Instance);
}

/// The way to the service. It can be cloned and used from any thread.
///
/// Calls take effect in the order in which they are made. The service ends when all handles are gone, or by
/// [`Handle::shut_down`].
#[derive(Clone, Debug)]
pub struct Handle {
    commands: mpsc::UnboundedSender<Command>,
}

/// A call on its way.
pub(crate) enum Command {
    Fetch(Box<NewBackgroundFetch>, Weak<dyn Observer>, Reply<Instance>),
    Get(RegistrationKey, String, Weak<dyn Observer>, Reply<Option<Instance>>),
    GetIds(RegistrationKey, Reply<Vec<String>>),
    Observe(UniqueId, Weak<dyn Observer>, Reply<Option<Instance>>),
    Abort(UniqueId, Reply<bool>),
    MatchAll(UniqueId, Option<Box<Query>>, Take, Reply<Vec<MatchedRecord>>),
    ResponseReady(MatchedResponse, Reply<Response>),
    UpdateUi(UniqueId, UiUpdate, Reply<()>),
    Newest(RegistrationKey, String, Reply<Option<UniqueId>>),
    Click(UniqueId, Reply<bool>),
    SetPaused(UniqueId, bool, Reply<bool>),
    SetOnline(bool),
    RegistrationRemoved(RegistrationKey, Reply<()>),
    ClearStorageKey(StorageKey, Reply<()>),
    List(Reply<Vec<ListedFetch>>),
    ShutDown(Reply<()>),
}

/// How many matches are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Take {
    First,
    All,
}

impl Handle {
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<Command>) {
        let (commands, receiver) = mpsc::unbounded_channel();
        (Handle { commands }, receiver)
    }

    /// A command that can't be sent is dropped, which answers it with "the service has ended".
    fn send(&self, command: Command) {
        let _ = self.commands.send(command);
    }

    /// [fetch()](https://wicg.github.io/background-fetch/#background-fetch-manager-fetch): starts a
    /// background fetch.
    ///
    /// Answered once the fetch, with its requests' bodies, is stored; the answer's fetch is observed from
    /// then on.
    pub fn fetch(&self, fetch: NewBackgroundFetch, observer: Weak<dyn Observer>, reply: Reply<Instance>) {
        self.send(Command::Fetch(Box::new(fetch), observer, reply));
    }

    /// [get()](https://wicg.github.io/background-fetch/#background-fetch-manager-get): the active fetch with
    /// this id, observed from the answer on. NB: SD-54: `None` for an unknown id, SD-51: an error for the
    /// empty one.
    pub fn get(
        &self,
        registration: RegistrationKey,
        id: String,
        observer: Weak<dyn Observer>,
        reply: Reply<Option<Instance>>,
    ) {
        self.send(Command::Get(registration, id, observer, reply));
    }

    /// [getIds()](https://wicg.github.io/background-fetch/#background-fetch-manager-get-ids): the ids of the
    /// active fetches, in order of registration (NB: SD-57).
    pub fn get_ids(&self, registration: RegistrationKey, reply: Reply<Vec<String>>) {
        self.send(Command::GetIds(registration, reply));
    }

    /// Follows a fetch that an event told of; `None` if it is gone.
    pub fn observe(&self, fetch: UniqueId, observer: Weak<dyn Observer>, reply: Reply<Option<Instance>>) {
        self.send(Command::Observe(fetch, observer, reply));
    }

    /// [abort()](https://wicg.github.io/background-fetch/#background-fetch-registration-abort), also the
    /// display's way to cancel. Answers whether there was something to abort.
    pub fn abort(&self, fetch: UniqueId, reply: Reply<bool>) {
        self.send(Command::Abort(fetch, reply));
    }

    /// [matchAll()](https://wicg.github.io/background-fetch/#background-fetch-registration-match-all). NB:
    /// SD-39: without a query all records, in request order.
    pub fn match_all(&self, fetch: UniqueId, query: Option<Query>, reply: Reply<Vec<MatchedRecord>>) {
        self.send(Command::MatchAll(fetch, query.map(Box::new), Take::All, reply));
    }

    /// [match()](https://wicg.github.io/background-fetch/#background-fetch-registration-match): the first of
    /// them, if any (NB: SD-42).
    pub fn match_first(&self, fetch: UniqueId, query: Query, reply: Reply<Option<MatchedRecord>>) {
        let reply = Reply::new(|answer: Result<Vec<MatchedRecord>, _>| {
            reply.send(answer.map(|records| records.into_iter().next()));
        });
        self.send(Command::MatchAll(fetch, Some(Box::new(query)), Take::First, reply));
    }

    /// Settles a record object's
    /// [responseReady](https://wicg.github.io/background-fetch/#dom-backgroundfetchrecord-responseready):
    /// answered when the response's head is there, or the record is settled without one (NB: SD-34).
    ///
    /// The head comes without `Content-Range` and `Content-Length`, and, NB: SD-35, with status 200 where the
    /// body is put together from parts that the page did not ask for. The body can be read while it still
    /// downloads; it ends in an [aborted](fetch::NetworkError::is_aborted) error where the record was
    /// aborted, in another one where it failed. NB: SD-36: a null body status has none.
    pub fn response_ready(&self, response: MatchedResponse, reply: Reply<Response>) {
        self.send(Command::ResponseReady(response, reply));
    }

    /// The rest of
    /// [updateUI()](https://wicg.github.io/background-fetch/#background-fetch-update-ui-event-update-ui),
    /// once the event's own checks have passed (NB: SD-60).
    pub fn update_ui(&self, fetch: UniqueId, update: UiUpdate, reply: Reply<()>) {
        self.send(Command::UpdateUi(fetch, update, reply));
    }

    /// The newest fetch with this id, settled ones included while their event is not over: for the
    /// [click command](https://wicg.github.io/background-fetch/#automation-click) (NB: SD-67).
    pub fn newest(&self, registration: RegistrationKey, id: String, reply: Reply<Option<UniqueId>>) {
        self.send(Command::Newest(registration, id, reply));
    }

    /// A person activated the fetch's display: [fire a background fetch click
    /// event](https://wicg.github.io/background-fetch/#fire-a-background-fetch-click-event-algorithm).
    /// Answers, when the event is over, whether it was handled.
    pub fn click(&self, fetch: UniqueId, reply: Reply<bool>) {
        self.send(Command::Click(fetch, reply));
    }

    /// A person paused the fetch. Answers whether it is paused: only an active one can be. NB: SD-16: a GET
    /// under way is cut off and resumed later; any other request goes on to its end.
    pub fn pause(&self, fetch: UniqueId, reply: Reply<bool>) {
        self.send(Command::SetPaused(fetch, true, reply));
    }

    /// A person let the fetch go on. Answers whether it is paused.
    pub fn resume(&self, fetch: UniqueId, reply: Reply<bool>) {
        self.send(Command::SetPaused(fetch, false, reply));
    }

    /// Whether the machine is online. While it isn't, requests wait, and waiting costs no attempt. Hosts that
    /// can't tell never call it; retries do the work then.
    pub fn set_online(&self, online: bool) {
        self.send(Command::SetOnline(online));
    }

    /// A service worker registration was removed: its transfers end, its data is purged, nothing is fired
    /// (NB: SD-5). Answered when the data is gone.
    pub fn registration_removed(&self, registration: RegistrationKey, reply: Reply<()>) {
        self.send(Command::RegistrationRemoved(registration, reply));
    }

    /// A site's data was cleared: the same for all its registrations.
    pub fn clear_storage_key(&self, storage_key: StorageKey, reply: Reply<()>) {
        self.send(Command::ClearStorageKey(storage_key, reply));
    }

    /// Everything that there is, in order of registration: for a list of downloads, or a report.
    pub fn list(&self, reply: Reply<Vec<ListedFetch>>) {
        self.send(Command::List(reply));
    }

    /// Ends the service: transfers stop, what has arrived is committed, nothing is fired; the next start goes
    /// on from there. Answered when the store has taken everything.
    pub fn shut_down(&self, reply: Reply<()>) {
        self.send(Command::ShutDown(reply));
    }
}
