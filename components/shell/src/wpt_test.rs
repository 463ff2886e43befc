//! `ferry wpt-test`: one test of web-platform-tests.
//!
//! testharness.js and testdriver.js put what they have to say into a queue of the page, and hand it out whenever there
//! is a callback for it. Ours answers over the page's console, in lines that begin with a word that only this run
//! knows.

use std::fmt;
use std::process::ExitCode;
use std::sync::Arc;

use background_fetch::concepts::UniqueId;
use background_fetch::host::{Display, DisplayedFetch};
use fetch::{CookieJar, Origin, Url};
use miette::Result;
use script::PageHandle;
use script::embedder::{AgentEvent, AgentInfo, AgentKind, AgentObserver};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::args::WptTestArguments;
use crate::permissions::{SetPermissions, permission_state};
use crate::run::{BAD_USAGE, block_on};
use crate::session::{self, Session};

/// Runs the test. The exit status is 0 if it ran to its end, whatever its subtests say.
pub fn run(arguments: &WptTestArguments) -> ExitCode {
    block_on(run_test(arguments))
}

async fn run_test(arguments: &WptTestArguments) -> Result<u8> {
    let network = match session::network_config(&arguments.network) {
        Ok(network) => network,
        Err(error) => {
            eprintln!("ferry: {error:?}");
            return Ok(BAD_USAGE);
        }
    };
    let profile = session::open_profile(None)?;
    let (says, mut heard) = mpsc::unbounded_channel();
    let token = format!("{:016x}", std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0u8));
    let observer = Arc::new(TestObserver { token: token.clone(), says });
    let permissions = Arc::new(SetPermissions::default());
    let (store, cookies) = (profile.background_fetches(), profile.cookies());
    let session =
        Session::start(network, profile, store, Arc::new(NoDisplay), observer, permissions.clone())?;
    let page = session.engine.open_page(arguments.url.clone());
    let driven = drive(&page, &arguments.url, &token, &permissions, &*cookies, &mut heard);
    let outcome = tokio::time::timeout(arguments.timeout, driven).await;
    page.close();
    drop(session.end().await?);
    Ok(match outcome {
        Ok(Some(result)) => {
            report(&result, arguments.json);
            0
        }
        Ok(None) => {
            eprintln!("ferry: the page ended without a result");
            1
        }
        Err(_) if arguments.json => {
            println!("{}", json!({ "type": "wpt-result", "timeout": true }));
            1
        }
        Err(_) => {
            eprintln!("ferry: no result after {:?}", arguments.timeout);
            1
        }
    })
}

/// What the page's agent says.
enum Said {
    Loaded,
    /// A result, or an action that the test asks for.
    Event(Value),
    Closed,
}

/// Drives the page until it has a result; `None` if it ends before.
async fn drive(
    page: &PageHandle,
    page_url: &Url,
    token: &str,
    permissions: &SetPermissions,
    cookies: &dyn CookieJar,
    heard: &mut mpsc::UnboundedReceiver<Said>,
) -> Option<TestResult> {
    let resume = format!(
        "if (window.__wptrunner_process_next_event) {{
           window.__wptrunner_testdriver_callback = event => console.debug('{token}' + JSON.stringify(event));
           window.__wptrunner_process_next_event();
         }}"
    );
    loop {
        let event = match heard.recv().await? {
            Said::Loaded => {
                evaluate(page, resume.clone());
                continue;
            }
            Said::Event(event) => event,
            Said::Closed => return None,
        };
        match event[1].as_str() {
            Some("complete") => return TestResult::of(&event[2]),
            Some("action") => {
                let action = &event[2];
                let (status, message) = match act(action, page_url, permissions, cookies).await {
                    Ok(result) => ("success", json!({ "result": result })),
                    Err(message) => ("failure", json!(message)),
                };
                let answer = json!({
                    "type": "testdriver-complete", "cmd_id": action["id"], "status": status,
                    "message": message.to_string(),
                });
                evaluate(page, format!("{resume}; window.postMessage({answer}, '*');"));
            }
            _ => tracing::error!(%event, "an event that is neither a result nor an action"),
        }
    }
}

/// Runs a script of ours in the page.
fn evaluate(page: &PageHandle, source: String) {
    page.evaluate(source, |result| {
        if let Err(error) = result {
            tracing::error!(%error, "a script of the test driver failed");
        }
    });
}

/// Does what testdriver.js asks for.
async fn act(
    action: &Value,
    url: &Url,
    permissions: &SetPermissions,
    cookies: &dyn CookieJar,
) -> Result<Value, String> {
    match action["action"].as_str() {
        Some("set_permission") => {
            let parameters = &action["permission_params"];
            let name =
                parameters["descriptor"]["name"].as_str().ok_or("set_permission names no permission")?;
            let state = parameters["state"].as_str().and_then(permission_state);
            let state =
                state.ok_or_else(|| format!("set_permission: no such state: {}", parameters["state"]))?;
            permissions.set(Origin::of(url), name, state);
            Ok(Value::Null)
        }
        Some("delete_all_cookies") => {
            cookies.clear().await.map(|()| Value::Null).map_err(|error| error.to_string())
        }
        other => Err(format!("this engine can't do '{}'", other.unwrap_or_default())),
    }
}

/// What testharness.js reports: the harness's own outcome, and that of each subtest.
struct TestResult {
    raw: Value,
    subtests: Vec<Subtest>,
}

#[derive(Deserialize)]
struct Subtest(String, u8, Option<String>, #[expect(dead_code, reason = "for the runner")] Option<String>);

impl TestResult {
    fn of(payload: &Value) -> Option<TestResult> {
        let subtests = serde_json::from_value(payload.get(3)?.clone()).ok()?;
        Some(TestResult { raw: payload.clone(), subtests })
    }
}

impl fmt::Display for TestResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const STATUS: [&str; 5] = ["pass", "FAIL", "TIMEOUT", "not run", "precondition failed"];
        for Subtest(name, status, message, _) in &self.subtests {
            writeln!(f, "{}: {name}", STATUS.get(usize::from(*status)).unwrap_or(&"?"))?;
            if let Some(message) = message.as_ref().filter(|_| *status != 0) {
                writeln!(f, "    {message}")?;
            }
        }
        if self.raw[0] != 0 {
            writeln!(f, "the harness says: {}", self.raw[1])?;
        }
        let passed = self.subtests.iter().filter(|subtest| subtest.1 == 0).count();
        write!(f, "{passed} passed, {} failed", self.subtests.len() - passed)
    }
}

fn report(result: &TestResult, as_json: bool) {
    if as_json {
        println!("{}", json!({ "type": "wpt-result", "result": result.raw }));
    } else {
        println!("{result}");
    }
}

/// Hears the page.
struct TestObserver {
    token: String,
    says: mpsc::UnboundedSender<Said>,
}

impl AgentObserver for TestObserver {
    fn agent_event(&self, agent: &AgentInfo, event: AgentEvent) {
        let said = match event {
            AgentEvent::Console(message) => match message.text.strip_prefix(&self.token) {
                Some(text) => match serde_json::from_str(text) {
                    Ok(event) => Said::Event(event),
                    Err(error) => return tracing::error!(%error, "the page's report is no JSON"),
                },
                None => return eprintln!("[{:?}] {}", agent.kind, message.text),
            },
            AgentEvent::Error(report) => return eprintln!("[{:?}] {report}", agent.kind),
            AgentEvent::Closed { crash } => {
                if let Some(crash) = crash {
                    eprintln!("[{:?}] crashed: {crash}", agent.kind);
                }
                Said::Closed
            }
            AgentEvent::Loaded => Said::Loaded,
            AgentEvent::Idle => return,
        };
        if agent.kind == AgentKind::Page {
            // Nobody listens any more once there is a result.
            let _ = self.says.send(said);
        }
    }
}

/// Nobody looks.
struct NoDisplay;

impl Display for NoDisplay {
    fn show(&self, _: DisplayedFetch) {}
    fn remove(&self, _: UniqueId) {}
}
