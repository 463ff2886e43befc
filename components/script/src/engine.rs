//! The embedder's way in: an engine, and the pages that it shows.

use std::fmt;
use std::sync::Arc;

use mozjs::jsval::UndefinedValue;
use mozjs::realm::AutoRealm;
use mozjs::rooted;
use serde_json::Value;
use url::Url;

use crate::automation::{Command, CommandError};
use crate::dom::html::navigation::navigate;
use crate::dom::webdriver;
use crate::embedder::{AgentId, AgentInfo, AgentKind, EngineError, ErrorKind, ErrorReport, Hosts};
use crate::runtime::agent::{Agent, AgentControl};
use crate::runtime::classic_script::{ClassicScript, run_classic_script};
use crate::runtime::engine_thread::{EngineThread, NewAgent};
use crate::runtime::exception::{self, ErrorInformation};
use crate::runtime::task_source::TaskSource;
use crate::services::{ServiceHosts, Services};
use crate::webidl::JSContext;

/// The engine. There is one in a process, once.
///
/// Dropping it ends all pages and workers, waits until they have ended, and shuts SpiderMonkey down.
pub struct Engine {
    thread: EngineThread,
    hosts: Arc<Hosts>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Engine")
    }
}

impl Engine {
    /// Starts the engine.
    pub fn new(hosts: Hosts) -> Result<Engine, EngineError> {
        Ok(Engine { thread: EngineThread::start()?, hosts: Arc::new(hosts) })
    }

    /// Starts service workers and background fetches, once, before any page is opened. Without them pages have no
    /// `navigator.serviceWorker` that works. They have to be [shut down](Services::shut_down) before the engine is
    /// dropped, so that nothing is lost.
    pub fn start_services(&self, services: ServiceHosts) -> Services {
        Services::start(&self.thread, &self.hosts, services)
    }

    /// Opens a page, on a thread of its own. What happens in it is told to the
    /// [observer](crate::embedder::AgentObserver).
    pub fn open_page(&self, url: Url) -> PageHandle {
        let info = AgentInfo { id: AgentId::next(), kind: AgentKind::Page, url: url.clone() };
        let setup = navigate(url);
        let control = self.thread.start_agent(NewAgent::new(info.clone(), self.hosts.clone(), setup));
        PageHandle { info, control }
    }
}

/// A page. Dropping this does not close it.
#[derive(Clone)]
pub struct PageHandle {
    info: AgentInfo,
    control: AgentControl,
}

impl fmt::Debug for PageHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageHandle").field("info", &self.info).finish_non_exhaustive()
    }
}

impl PageHandle {
    /// How its observer knows it.
    pub fn info(&self) -> &AgentInfo {
        &self.info
    }

    /// Whether there is nothing to do in the page at this moment: no task, no timer, nothing pending.
    pub fn is_idle(&self) -> bool {
        self.control.task_queue().is_idle()
    }

    /// Ends the page: running script stops where it is, queued tasks don't run. The observer is told when it is
    /// gone.
    pub fn close(&self) {
        self.control.close();
    }

    /// Runs a classic script in the page, as a task, once it has a window (before its document is parsed). `reply` gets
    /// its result as text, or what it threw; it is called on the page's thread. It is not called if the page ends
    /// before.
    pub fn evaluate(&self, source: String, reply: impl FnOnce(Result<String, ErrorReport>) + Send + 'static) {
        let steps = Box::new(move |cx: &mut JSContext| reply(evaluate_in_page(cx, &source)));
        self.control.task_queue().post(
            TaskSource::UserInteraction,
            Box::new(move |cx| Agent::of_this_thread().when_global_is_known(cx, steps)),
        );
    }
}

impl PageHandle {
    /// Does in the page, as a task and once it has a window, what a
    /// [WebDriver](crate::automation) server asks for, there or in a frame that [`Command::Frame`] has named. The reply is
    /// dropped uncalled if the page ends before.
    pub fn automate(
        &self,
        frame: Option<String>,
        command: Command,
        reply: impl FnOnce(Result<Value, CommandError>) + Send + 'static,
    ) {
        let steps = Box::new(move |cx: &mut JSContext| {
            webdriver::run(cx, frame.as_deref(), command, Box::new(reply))
        });
        self.control.task_queue().post(
            TaskSource::UserInteraction,
            Box::new(move |cx| Agent::of_this_thread().when_global_is_known(cx, steps)),
        );
    }
}

fn evaluate_in_page(cx: &mut JSContext, source: &str) -> Result<String, ErrorReport> {
    rooted!(&in(cx) let global = Agent::of_this_thread().global_object());
    if global.get().is_null() {
        let message = "the page has no document".into();
        let information = ErrorInformation { message, ..ErrorInformation::default() };
        return Err(information.into_report(ErrorKind::Load));
    }
    evaluate(&mut AutoRealm::new_from_handle(cx, global.handle()), source)
}

fn evaluate(cx: &mut JSContext, source: &str) -> Result<String, ErrorReport> {
    rooted!(&in(cx) let mut result = UndefinedValue());
    let script = ClassicScript { introduction: c"debugger eval", ..ClassicScript::new(source, "evaluate") };
    if run_classic_script(cx, &script, result.handle_mut()).is_ok() {
        return Ok(exception::describe(cx, result.handle(), ""));
    }
    let information = exception::take_pending(cx, result.handle_mut());
    Err(information
        .unwrap_or_else(|| ErrorInformation {
            message: "the script was ended".into(),
            ..ErrorInformation::default()
        })
        .into_report(ErrorKind::Exception))
}
