//! `ferry run`.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use miette::{IntoDiagnostic, Result, WrapErr, miette};
use script::PageHandle;
use script::embedder::{AgentEvent, AgentInfo, AgentKind, AgentObserver, ErrorKind};
use script::services::Services;
use tokio::sync::watch;
use url::Url;

use crate::args::RunArguments;
use crate::hosts::Allow;
use crate::report::{Format, Reporter};
use crate::serve::ServedFolder;
use crate::session::{self, Session};
use crate::stored::{ReportingStore, Tally};

/// How long a page whose fetches are all over may go on with what it still does (a timer that never ends, say).
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Bad usage: exit status 2.
pub const BAD_USAGE: u8 = 2;

/// Opens a page and follows its background fetches. The exit status says how they ended.
pub fn run(arguments: &RunArguments, started: Instant) -> ExitCode {
    block_on(run_on(arguments, started))
}

/// Runs `command` on a runtime of its own, says what failed, and gives the exit status.
pub fn block_on(command: impl Future<Output = Result<u8>>) -> ExitCode {
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .into_diagnostic()
        .wrap_err("no threads for the network could be started")
        .and_then(|runtime| runtime.block_on(command));
    match result {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("ferry: {error:?}");
            ExitCode::FAILURE
        }
    }
}

async fn run_on(arguments: &RunArguments, started: Instant) -> Result<u8> {
    let target = match Target::of(&arguments.target) {
        Ok(target) => target,
        Err(error) => {
            eprintln!("ferry: {error}");
            return Ok(BAD_USAGE);
        }
    };
    let network = match session::network_config(&arguments.network) {
        Ok(network) => network,
        Err(error) => {
            eprintln!("ferry: {error:?}");
            return Ok(BAD_USAGE);
        }
    };
    let reporter = Arc::new(Reporter::new(Format::choose(arguments.json), started));
    let profile = session::open_profile(arguments.profile.as_deref())?;
    if let Some(set_aside) = profile.set_aside() {
        reporter.note(&format!(
            "the profile was damaged ({}); it was set aside as {}, and a new one takes its place",
            set_aside.reason,
            set_aside.path.display()
        ));
    }
    for lost in profile.lost_cookies() {
        reporter.note(&format!("what could not be read in the profile was deleted: {lost}"));
    }
    let served = match &target {
        Target::Folder(folder) => Some(ServedFolder::start(folder, arguments.port).await.into_diagnostic()?),
        Target::Page(_) => None,
    };
    let url = match (&target, &served) {
        (Target::Page(url), _) => url.clone(),
        (Target::Folder(_), Some(served)) => served.url(),
        (Target::Folder(_), None) => return Err(miette!("the folder is not served")),
    };

    let runtime = tokio::runtime::Handle::current();
    let store = Arc::new(ReportingStore::new(&profile, reporter.clone(), runtime));
    let observer = Arc::new(PageObserver::new(reporter.clone()));
    let session =
        Session::start(network, profile, store.clone(), reporter.clone(), observer.clone(), Arc::new(Allow))?;

    reporter.opened(&url);
    let page = session.engine.open_page(url);
    let (mut pages, mut tally) = (observer.state.subscribe(), store.tally());
    let settled = over(&page, &session.services, &mut pages, &mut tally);
    let timed_out = match arguments.timeout {
        Some(limit) => tokio::time::timeout(limit, settled).await.is_err(),
        None => {
            settled.await;
            false
        }
    };

    page.close();
    let profile = session.end().await?;
    store.reported().await;
    let tally = *tally.borrow();
    if timed_out && tally.unfinished > 0 {
        let count = tally.unfinished;
        reporter.note(&format!("the time is up; {count} background fetches had not ended"));
    }
    tokio::task::spawn_blocking(move || profile.close()).await.into_diagnostic()?;
    let failed = tally.failed > 0 || tally.unfinished > 0 || pages.borrow().failed;
    Ok(u8::from(failed))
}

/// What is to be opened.
enum Target {
    Page(Url),
    Folder(std::path::PathBuf),
}

impl Target {
    fn of(text: &str) -> Result<Target, String> {
        // A folder's name may look like a URL (`c:stuff`); what exists comes first.
        let path = Path::new(text);
        if path.is_dir() {
            return Ok(Target::Folder(path.to_owned()));
        }
        match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https" | "data" | "about") => Ok(Target::Page(url)),
            Ok(url) => Err(format!(
                "'{text}' can't be opened: the scheme is '{}', and not http or https; a folder is served if it is named",
                url.scheme()
            )),
            Err(_) => Err(format!("'{text}' is no folder, and no URL either")),
        }
    }
}

/// Resolves when there is nothing more to wait for: every background fetch is over and the page has nothing to do.
async fn over(
    page: &PageHandle,
    services: &Services,
    pages: &mut watch::Receiver<PageState>,
    tally: &mut watch::Receiver<Tally>,
) {
    loop {
        if pages.borrow().closed {
            return;
        }
        let (seen, unfinished) = {
            let tally = tally.borrow_and_update();
            (tally.seen, tally.unfinished)
        };
        let mut changes = pages.clone();
        let idle = async move {
            while !page.is_idle() && !changes.borrow_and_update().closed {
                if changes.changed().await.is_err() {
                    return;
                }
            }
            let (reply, workers) = service_worker::Reply::channel();
            services.service_workers.when_idle(reply);
            // An error means that there are no workers any more: idle too.
            let _ = workers.await;
        };
        if unfinished == 0 {
            // A page that had fetches has seen them end; one that had none runs until it has nothing to do.
            let limit = if seen > 0 { LAST_WORDS } else { Duration::MAX };
            tokio::select! {
                _ = tokio::time::timeout(limit, idle) => {
                    let now = tally.borrow();
                    if (now.seen, now.unfinished) == (seen, 0) && (page.is_idle() || seen > 0) {
                        return;
                    }
                }
                changed = tally.changed() => if changed.is_err() { return },
            }
        } else {
            tokio::select! {
                changed = tally.changed() => if changed.is_err() { return },
                changed = pages.changed() => if changed.is_err() { return },
            }
        }
    }
}

/// What is known of the page.
#[derive(Clone, Copy, Debug, Default)]
struct PageState {
    /// Counts what happened, so that the same state again is a change too.
    events: u64,
    closed: bool,
    /// It could not be loaded, or its agent crashed.
    failed: bool,
}

/// Reports what agents do, and follows the page.
struct PageObserver {
    reporter: Arc<Reporter>,
    state: watch::Sender<PageState>,
}

impl PageObserver {
    fn new(reporter: Arc<Reporter>) -> Self {
        PageObserver { reporter, state: watch::channel(PageState::default()).0 }
    }
}

impl AgentObserver for PageObserver {
    fn agent_event(&self, agent: &AgentInfo, event: AgentEvent) {
        self.reporter.agent(agent, &event);
        if agent.kind != AgentKind::Page {
            return;
        }
        self.state.send_modify(|state| {
            state.events += 1;
            match event {
                AgentEvent::Closed { crash } => {
                    state.closed = true;
                    state.failed |= crash.is_some();
                }
                AgentEvent::Error(report) => {
                    state.failed |= report.kind == ErrorKind::Load && report.filename == agent.url.as_str();
                }
                AgentEvent::Console(_) | AgentEvent::Loaded | AgentEvent::Idle => {}
            }
        });
    }
}
