//! `ferry wpt-test`: one test of web-platform-tests.
//!
//! testharness.js and testdriver.js put what they have to say into a queue of the page, and hand it out whenever there
//! is a callback for it: see `message-queue.js` in wptrunner.

use std::fmt;
use std::process::ExitCode;
use std::sync::Arc;

use fetch::{CookieJar, Origin};
use miette::Result;
use script::PageHandle;
use script::automation::{Command, ElementCommand, Locator};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::args::WptTestArguments;
use crate::cookies;
use crate::hosts::NoDisplay;
use crate::pages::{PageError, Pages};
use crate::permissions::{SetPermissions, permission_state};
use crate::run::{BAD_USAGE, block_on};
use crate::session::{self, Session};
use crate::webdriver::actions::{self, Deed};

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
    let (pages, permissions) = (Arc::new(Pages::default()), Arc::new(SetPermissions::default()));
    let (store, cookies) = (profile.background_fetches(), profile.cookies());
    let session =
        Session::start(network, profile, store, Arc::new(NoDisplay), pages.clone(), permissions.clone())?;
    let page = session.engine.open_page(arguments.url.clone());
    let test = Test {
        page: &page,
        pages: &pages,
        permissions: &permissions,
        cookies: &*cookies,
        url: &arguments.url,
    };
    let outcome = tokio::time::timeout(arguments.timeout, test.result()).await;
    page.close();
    drop(session.end().await?);
    Ok(match outcome {
        Ok(Ok(result)) => {
            report(&result, arguments.json);
            0
        }
        Ok(Err(error)) => {
            eprintln!("ferry: {} gave no result: {error}", arguments.url);
            if arguments.json && !error.is_crash() {
                println!("{}", json!({ "type": "wpt-result", "error": error.to_string() }));
            }
            1
        }
        Err(_) if arguments.json => {
            println!("{}", json!({ "type": "wpt-result", "timeout": true }));
            1
        }
        Err(_) => {
            eprintln!("ferry: {} gave no result in {:?}", arguments.url, arguments.timeout);
            1
        }
    })
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
enum TestError {
    #[error(transparent)]
    Page(#[from] PageError),
    #[error("it does not load testharness.js and testharnessreport.js: is it a test?")]
    NoHarness,
    #[error("its harness says what this program does not understand: {0}")]
    Strange(Value),
}

impl TestError {
    /// Whether it is the engine that failed.
    fn is_crash(&self) -> bool {
        matches!(self, TestError::Page(PageError::Ended | PageError::Crashed(_)))
    }
}

/// A test while it runs.
struct Test<'a> {
    page: &'a PageHandle,
    pages: &'a Pages,
    permissions: &'a SetPermissions,
    cookies: &'a dyn CookieJar,
    url: &'a url::Url,
}

impl Test<'_> {
    /// Drives the page until it has a result.
    async fn result(&self) -> Result<TestResult, TestError> {
        self.pages.loaded(self.page).await?;
        let has_harness = "return typeof window.__wptrunner_process_next_event === 'function'";
        if self.execute(has_harness, Vec::new(), false).await? != true {
            return Err(TestError::NoHarness);
        }
        loop {
            let next = "window.__wptrunner_url = arguments[0];
                window.__wptrunner_testdriver_callback = arguments[1];
                window.__wptrunner_process_next_event();";
            let event = self.execute(next, vec![json!(self.url.as_str())], true).await?;
            match event[1].as_str() {
                Some("complete") => return TestResult::of(&event[2]).ok_or(TestError::Strange(event)),
                Some("action") => {
                    let action = &event[2];
                    let (status, message) = match self.act(action).await {
                        Ok(result) => ("success", json!({ "result": result })),
                        Err(message) => ("failure", json!(message)),
                    };
                    let answer = json!({
                        "type": "testdriver-complete", "cmd_id": action["id"], "status": status,
                        "message": message.to_string(),
                    });
                    self.execute("window.postMessage(arguments[0], '*')", vec![answer], false).await?;
                }
                _ => return Err(TestError::Strange(event)),
            }
        }
    }

    async fn execute(
        &self,
        body: &str,
        arguments: Vec<Value>,
        asynchronous: bool,
    ) -> Result<Value, PageError> {
        let command = Command::Execute { body: body.into(), arguments, asynchronous, window: String::new() };
        self.pages.ask(self.page, None, command).await
    }

    /// Does what testdriver.js asks for.
    async fn act(&self, action: &Value) -> Result<Value, String> {
        if !action["context"].is_null() {
            return Err("this engine has no windows but the test's own".into());
        }
        match action["action"].as_str().unwrap_or_default() {
            "set_permission" => self.set_permission(&action["permission_params"]).map(|()| Value::Null),
            "click" => {
                let element = self.element(&action["selector"]).await?;
                self.click(element).await.map(|()| Value::Null)
            }
            "action_sequence" => self.perform_actions(action["actions"].clone()).await.map(|()| Value::Null),
            "delete_all_cookies" => {
                self.cookies.clear().await.map(|()| Value::Null).map_err(|error| error.to_string())
            }
            "get_all_cookies" => {
                Ok(cookies::of_page(self.cookies, self.url).iter().map(cookies::serialized).collect())
            }
            "get_named_cookie" => {
                let name = action["name"].as_str().unwrap_or_default();
                let mut all = cookies::of_page(self.cookies, self.url).into_iter();
                let named = all.find(|cookie| cookie.name == name.as_bytes());
                Ok(named.as_ref().map_or(Value::Null, cookies::serialized))
            }
            "send_keys" => Err("this engine has no keyboard, and nothing to type into".into()),
            "generate_test_report" => Err("this engine has no Reporting API".into()),
            "minimize_window" | "set_window_rect" | "get_window_rect" => {
                Err("this engine shows no windows".into())
            }
            "get_computed_label" | "get_computed_role" => Err("this engine has no accessibility tree".into()),
            other => Err(format!("this engine can't do `{other}`")),
        }
    }

    /// <https://w3c.github.io/permissions/#set-permission-command>, for the origin of the test.
    fn set_permission(&self, parameters: &Value) -> Result<(), String> {
        let name = parameters["descriptor"]["name"].as_str().ok_or("set_permission names no permission")?;
        let state = parameters["state"].as_str().and_then(permission_state);
        let state = state.ok_or_else(|| format!("set_permission: no such state: {}", parameters["state"]))?;
        for one_realm in ["one_realm", "oneRealm"] {
            if parameters[one_realm] == true {
                return Err("this engine can't set a permission for one realm alone".into());
            }
        }
        self.permissions.set(Origin::of(self.url), name, state);
        Ok(())
    }

    /// The reference of the one element that a selector matches.
    async fn element(&self, selector: &Value) -> Result<String, String> {
        let value = selector.as_str().ok_or("there is no selector")?.to_owned();
        let find = Command::Find { using: Locator::CssSelector, value: value.clone(), root: None };
        let found = self.pages.ask(self.page, None, find).await.map_err(|error| error.to_string())?;
        match found.as_array().map(Vec::as_slice) {
            Some([element]) => {
                Ok(element[script::automation::ELEMENT_KEY].as_str().unwrap_or_default().to_owned())
            }
            Some([]) => Err(format!("the selector `{value}` matches nothing")),
            _ => Err(format!("the selector `{value}` matches several elements")),
        }
    }

    async fn click(&self, element: String) -> Result<(), String> {
        let click = Command::Element(element, ElementCommand::Click);
        self.pages.ask(self.page, None, click).await.map(|_| ()).map_err(|error| error.to_string())
    }

    /// Actions as WebDriver has them, but with selectors where that has elements.
    async fn perform_actions(&self, mut sequences: Value) -> Result<(), String> {
        let sources = sequences.as_array_mut().map(Vec::as_mut_slice).unwrap_or_default();
        let origins = sources
            .iter_mut()
            .filter_map(|source| source["actions"].as_array_mut())
            .flatten()
            .filter_map(|action| action.get_mut("origin"))
            .filter(|origin| origin["selector"].is_string());
        for origin in origins {
            let element = self.element(&origin["selector"]).await?;
            *origin = json!({ script::automation::ELEMENT_KEY: element });
        }
        let sequences = serde_json::from_value(sequences).map_err(|error| error.to_string())?;
        for deed in actions::deeds(sequences)? {
            match deed {
                Deed::Click(element) => self.click(element).await?,
                Deed::Wait(duration) => tokio::time::sleep(duration).await,
            }
        }
        Ok(())
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
            for line in message.iter().filter(|_| *status != 0).flat_map(|message| message.lines()) {
                writeln!(f, "    {line}")?;
            }
        }
        if self.raw[0] != 0 {
            writeln!(f, "the harness says: {}", self.raw[1].as_str().unwrap_or("it failed"))?;
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
