//! What a person, or a program behind a pipe, is shown: one place through which every line goes.

use std::collections::HashMap;
use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use background_fetch::concepts::{SettledResult, UniqueId};
use background_fetch::host::{Display, DisplayState, DisplayedFetch};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use script::embedder::{AgentEvent, AgentInfo, AgentKind, ConsoleLevel};
use serde_json::{Value, json};

use crate::stored::StoredRecord;

/// How reports are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Lines for people; progress is drawn in place.
    Terminal,
    /// Lines for people, also for progress.
    Plain,
    /// One JSON object a line.
    Json,
}

impl Format {
    /// JSON where it was asked for, drawn progress where standard output is a terminal, else plain lines.
    pub fn choose(json: bool) -> Self {
        match (json, io::stdout().is_terminal()) {
            (true, _) => Format::Json,
            (false, true) => Format::Terminal,
            (false, false) => Format::Plain,
        }
    }
}

/// The least time between two plain progress lines of one fetch.
const PLAIN_INTERVAL: Duration = Duration::from_secs(1);

/// Writes reports to standard output. Never fails: whoever closed the pipe does not want to know.
pub struct Reporter {
    format: Format,
    started: Instant,
    bars: MultiProgress,
    shown: Mutex<HashMap<UniqueId, Shown>>,
}

/// What is on the screen of one fetch.
struct Shown {
    bar: ProgressBar,
    last_line: Option<Instant>,
    settled: bool,
}

impl Reporter {
    /// A reporter whose JSON lines count time from `started`.
    pub fn new(format: Format, started: Instant) -> Self {
        Reporter { format, started, bars: MultiProgress::new(), shown: Mutex::default() }
    }

    /// A line for people, or its JSON for programs.
    fn line(&self, kind: &str, text: impl FnOnce() -> String, fields: Value) {
        let line = match self.format {
            Format::Json => {
                let mut object = json!({ "type": kind, "ms": self.started.elapsed().as_millis() as u64 });
                if let (Some(object), Value::Object(fields)) = (object.as_object_mut(), fields) {
                    object.extend(fields);
                }
                object.to_string()
            }
            Format::Terminal | Format::Plain => text(),
        };
        // A closed pipe is not this program's failure; its exit status still tells how it went.
        let _ = self.bars.suspend(|| writeln!(io::stdout().lock(), "{line}"));
    }

    /// Where the page is.
    pub fn opened(&self, url: &url::Url) {
        self.line("open", || format!("opening {url}"), json!({ "url": url.as_str() }));
    }

    /// Something that a person should know and that is no failure.
    pub fn note(&self, text: &str) {
        self.line("note", || text.to_owned(), json!({ "text": text }));
    }

    /// Something that fails what is under way, and is no page's doing.
    pub fn failure(&self, text: &str) {
        self.line("error", || format!("error: {text}"), json!({ "message": text }));
    }

    /// What an agent said or did.
    pub fn agent(&self, agent: &AgentInfo, event: &AgentEvent) {
        let who = match agent.kind {
            AgentKind::Page => "page",
            AgentKind::DedicatedWorker => "worker",
            AgentKind::SharedWorker => "shared worker",
            AgentKind::ServiceWorker => "service worker",
        };
        match event {
            AgentEvent::Console(message) => {
                let level = match message.level {
                    ConsoleLevel::Debug => "debug",
                    ConsoleLevel::Log => "log",
                    ConsoleLevel::Info => "info",
                    ConsoleLevel::Warn => "warn",
                    ConsoleLevel::Error => "error",
                };
                let fields = json!({ "agent": who, "level": level, "text": message.text });
                self.line("console", || format!("[{who}] {}", prefixed(level, &message.text)), fields);
            }
            AgentEvent::Error(report) => {
                let fields = json!({
                    "agent": who, "message": report.message, "filename": report.filename,
                    "line": report.line, "column": report.column, "stack": report.stack,
                });
                let text = || {
                    let stack = report.stack.as_deref().unwrap_or_default().trim_end();
                    let stack = stack.lines().map(|line| format!("\n    at {line}")).collect::<String>();
                    format!("[{who}] error: {report}{stack}")
                };
                self.line("error", text, fields);
            }
            AgentEvent::Closed { crash: Some(why) } => {
                self.line(
                    "crash",
                    || format!("[{who}] crashed: {why}"),
                    json!({ "agent": who, "message": why }),
                );
            }
            AgentEvent::Loaded | AgentEvent::Idle | AgentEvent::Closed { crash: None } => {}
        }
    }

    /// What a fetch that is over left in the store; without a result if it was cleared before it settled.
    pub fn stored(&self, id: &str, result: Option<SettledResult>, records: &[StoredRecord]) {
        let outcome = result.map_or("cleared", outcome);
        let fields = json!({
            "id": id,
            "result": outcome,
            "records": records.iter().map(StoredRecord::to_json).collect::<Vec<_>>(),
        });
        let text = || {
            let lines: String = records.iter().map(|record| format!("\n  {record}")).collect();
            format!("{id}: {outcome}{lines}")
        };
        self.line("stored", text, fields);
    }
}

fn prefixed(level: &str, text: &str) -> String {
    if matches!(level, "warn" | "error") { format!("{level}: {text}") } else { text.to_owned() }
}

/// A result in a word.
pub fn outcome(result: SettledResult) -> &'static str {
    match result {
        SettledResult::Success => "success",
        SettledResult::Failure(reason) => reason.as_str(),
    }
}

impl Display for Reporter {
    fn show(&self, fetch: DisplayedFetch) {
        let settled = matches!(fetch.state, DisplayState::Settled(_));
        let mut shown = self.shown.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let entry = shown.entry(fetch.unique_id).or_insert_with(|| Shown {
            bar: if self.format == Format::Terminal {
                self.bars.add(ProgressBar::no_length())
            } else {
                ProgressBar::hidden()
            },
            last_line: None,
            settled: false,
        });
        if std::mem::replace(&mut entry.settled, settled) {
            return; // The title of a settled fetch may still change; its progress may not.
        }
        if self.format == Format::Terminal {
            draw(&entry.bar, &fetch, settled);
            return;
        }
        let due = entry.last_line.is_none_or(|last| last.elapsed() >= PLAIN_INTERVAL);
        if due || settled || self.format == Format::Json {
            entry.last_line = Some(Instant::now());
            self.line("progress", || progress_line(&fetch), progress_json(&fetch));
        }
    }

    fn remove(&self, fetch: UniqueId) {
        let mut shown = self.shown.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(entry) = shown.remove(&fetch) {
            entry.bar.abandon();
        }
    }
}

fn draw(bar: &ProgressBar, fetch: &DisplayedFetch, settled: bool) {
    // The template is a constant, and a test holds that it parses.
    let style = if fetch.download_total > 0 {
        bar.set_length(fetch.download_total);
        ProgressStyle::with_template("{msg} {bar:30} {bytes}/{total_bytes} {bytes_per_sec}")
    } else {
        ProgressStyle::with_template("{msg} {spinner} {bytes} {bytes_per_sec}")
    };
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.set_position(fetch.downloaded);
    bar.set_message(format!("{} {}", fetch.id, state(fetch)));
    if settled {
        bar.abandon();
    }
}

fn state(fetch: &DisplayedFetch) -> &'static str {
    match fetch.state {
        DisplayState::Active { waiting: true, .. } => "waiting for the network",
        DisplayState::Active { .. } => "active",
        DisplayState::Paused => "paused",
        DisplayState::Settled(result) => outcome(result),
    }
}

fn progress_line(fetch: &DisplayedFetch) -> String {
    let mut line = format!("{}: {}, {}", fetch.id, state(fetch), fetch.downloaded);
    if fetch.download_total > 0 {
        line += &format!(" of at most {}", fetch.download_total);
    }
    line += &format!(" bytes, {} of {} records", fetch.settled_records, fetch.records);
    if fetch.upload_total > 0 {
        line += &format!(", {} of {} bytes sent", fetch.uploaded, fetch.upload_total);
    }
    line
}

fn progress_json(fetch: &DisplayedFetch) -> Value {
    json!({
        "id": &*fetch.id, "title": &*fetch.title, "origin": fetch.origin.to_string(), "state": state(fetch),
        "downloaded": fetch.downloaded, "downloadTotal": fetch.download_total,
        "uploaded": fetch.uploaded, "uploadTotal": fetch.upload_total,
        "records": fetch.records, "settledRecords": fetch.settled_records,
    })
}
