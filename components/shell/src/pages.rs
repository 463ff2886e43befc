//! Pages that are driven: what becomes of them, and what they are asked.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use script::PageHandle;
use script::automation::{Command, CommandError};
use script::embedder::{AgentEvent, AgentId, AgentInfo, AgentKind, AgentObserver, ErrorKind};
use serde_json::Value;
use tokio::sync::{oneshot, watch};

/// A page as far as its driver has to know.
#[derive(Clone, Debug, Default)]
pub struct PageState {
    /// Its `load` event is over.
    loaded: bool,
    /// It has had nothing to do.
    idle: bool,
    /// Why its document could not be loaded, or not as it should.
    load_error: Option<String>,
    /// It has ended; if it crashed, why.
    closed: Option<Option<String>>,
}

/// A page that can't answer.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// It was closed.
    #[error("the page has ended")]
    Ended,
    /// Its agent died.
    #[error("the page crashed: {0}")]
    Crashed(String),
    /// There is no document.
    #[error("{0}")]
    NotLoaded(String),
    /// It answered that it can't.
    #[error(transparent)]
    Command(#[from] CommandError),
}

impl PageError {
    fn ended(crash: Option<String>) -> Self {
        crash.map_or(PageError::Ended, PageError::Crashed)
    }
}

/// Follows all pages; what agents say goes to standard error.
#[derive(Default)]
pub struct Pages(Mutex<HashMap<AgentId, watch::Sender<PageState>>>);

impl Pages {
    fn with<T>(&self, page: AgentId, f: impl FnOnce(&watch::Sender<PageState>) -> T) -> T {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Its first event may come before whoever opened it asks.
        f(pages.entry(page).or_insert_with(|| watch::channel(PageState::default()).0))
    }

    fn state(&self, page: &PageHandle) -> watch::Receiver<PageState> {
        self.with(page.info().id, watch::Sender::subscribe)
    }

    /// Waits until a page's `load` event is over.
    pub async fn loaded(&self, page: &PageHandle) -> Result<(), PageError> {
        let mut state = self.state(page);
        // A page that could not be loaded has nothing more to do; one with an error page goes on to load that.
        let over = state.wait_for(|state| {
            state.loaded || state.closed.is_some() || (state.idle && state.load_error.is_some())
        });
        let state = over.await.map(|state| state.clone()).unwrap_or_default();
        match (state.loaded, state.closed, state.load_error) {
            (true, ..) => Ok(()),
            (false, Some(crash), _) => Err(PageError::ended(crash)),
            (false, None, error) => {
                Err(PageError::NotLoaded(error.unwrap_or_else(|| "the page could not be loaded".into())))
            }
        }
    }

    /// Asks a page, or a frame in it.
    pub async fn ask(
        &self,
        page: &PageHandle,
        frame: Option<String>,
        command: Command,
    ) -> Result<Value, PageError> {
        let mut state = self.state(page);
        let (reply, answer) = oneshot::channel();
        page.automate(frame, command, move |result| {
            // Nobody waits any more if it took too long.
            let _ = reply.send(result);
        });
        let closed = async {
            match state.wait_for(|state| state.closed.is_some()).await {
                Ok(state) => PageError::ended(state.closed.clone().flatten()),
                Err(_) => PageError::Ended,
            }
        };
        tokio::select! {
            biased;
            Ok(result) = answer => Ok(result?),
            // The answer never comes if the page ends before.
            error = closed => Err(error),
        }
    }

    /// Ends a page, and waits until it has ended.
    pub async fn close(&self, page: &PageHandle) {
        let mut state = self.state(page);
        page.close();
        // An error means that nobody will tell any more.
        let _ = state.wait_for(|state| state.closed.is_some()).await;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&page.info().id);
    }
}

impl AgentObserver for Pages {
    fn agent_event(&self, agent: &AgentInfo, event: AgentEvent) {
        match &event {
            AgentEvent::Console(message) => eprintln!("[{:?}] {}", agent.kind, message.text),
            AgentEvent::Error(report) => eprintln!("[{:?}] {report}", agent.kind),
            AgentEvent::Closed { crash: Some(crash) } => eprintln!("[{:?}] crashed: {crash}", agent.kind),
            AgentEvent::Loaded | AgentEvent::Idle | AgentEvent::Closed { crash: None } => {}
        }
        if agent.kind != AgentKind::Page {
            return;
        }
        let change = |state: &mut PageState| match event {
            AgentEvent::Loaded => state.loaded = true,
            AgentEvent::Idle => state.idle = true,
            AgentEvent::Closed { crash } => state.closed = Some(crash),
            AgentEvent::Error(report)
                if report.kind == ErrorKind::Load && report.filename == agent.url.as_str() =>
            {
                state.load_error.get_or_insert(report.message);
            }
            AgentEvent::Error(_) | AgentEvent::Console(_) => {}
        };
        self.with(agent.id, |state| state.send_modify(change));
    }
}
