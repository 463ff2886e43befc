//! Workers whose scripts are in a language of a few words.
//!
//! Each line of a script is one of
//! - `import PATH`: importScripts(),
//! - `throw`, `throw-again` (when it is not run for the first time), `hang`, `unparsable`: what it says,
//! - `on EVENT ACTION…`: a listener. Its actions, one after the other: `fail` (a lifetime promise rejects), `hang` (one
//!   never settles), `wait` (one settles when the test says so), `skipWaiting`, `claim`, `update`, `import PATH`,
//!   `crash` (the agent ends), `respond TEXT` (to a fetch; else it is left alone at the end).

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock};

use fetch::ReferrerPolicy;
use futures::channel::oneshot;
use futures::future::{BoxFuture, Either, select};
use service_worker::host::{DispatchOutcome, Evaluation, StartError, StartWorker, StartedWorker, WorkerHost};
use service_worker::{
    Environment, FetchResponse, Handle, Notification, Reply, RunId, ScriptImport, WorkerEvent, WorkerState,
    WorkerType,
};

use super::clients::describe;
use super::{Log, kind_of, url};

#[derive(Clone)]
struct Agent {
    params: Arc<StartWorker>,
    handle: Handle,
    log: Log,
}

struct Running {
    agent: Agent,
    /// Dropped when the agent ends.
    ends: Vec<oneshot::Sender<()>>,
}

pub struct FakeWorkers {
    log: Log,
    handle: OnceLock<Handle>,
    runs: Arc<Mutex<HashMap<RunId, Running>>>,
    /// Agents that ended by themselves: the manager may not know yet.
    crashed: Arc<Mutex<BTreeSet<RunId>>>,
    waiting: Arc<Mutex<Vec<oneshot::Sender<()>>>>,
    /// What the last worker was started with.
    pub last_start: Mutex<Option<Arc<StartWorker>>>,
    /// Events are not dispatched while this is set: they are tasks in a queue.
    pub busy: Mutex<bool>,
}

impl FakeWorkers {
    pub fn new(log: Log) -> Self {
        let (handle, runs, crashed, waiting, last_start, busy) = Default::default();
        FakeWorkers { log, handle, runs, crashed, waiting, last_start, busy }
    }

    pub fn set_handle(&self, handle: Handle) {
        assert!(self.handle.set(handle).is_ok());
    }

    /// Lets every `wait` go on.
    pub fn go_on(&self) {
        for waiter in self.waiting.lock().unwrap().drain(..) {
            // The agent may be gone.
            let _ = waiter.send(());
        }
    }

    /// How many agents there are.
    pub fn count(&self) -> usize {
        self.runs.lock().unwrap().len()
    }

    /// Ends every agent, as if its process died.
    pub fn crash(&self) {
        let runs = self.runs.lock().unwrap().drain().map(|(run, _)| run).collect::<Vec<_>>();
        self.crashed.lock().unwrap().extend(&runs);
        for run in runs {
            self.handle.get().unwrap().worker_stopped(run);
        }
    }

    /// Resolves when the agent ends.
    fn end_of(&self, run: RunId) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        if let Some(running) = self.runs.lock().unwrap().get_mut(&run) {
            running.ends.push(sender);
        }
        receiver
    }
}

impl WorkerHost for FakeWorkers {
    fn start(&self, params: StartWorker) -> BoxFuture<'static, Result<StartedWorker, StartError>> {
        let (run, worker) = (params.run, params.worker.id.0);
        self.log.add(format!("start {worker}"));
        let agent = Agent {
            params: Arc::new(params),
            handle: self.handle.get().unwrap().clone(),
            log: self.log.clone(),
        };
        *self.last_start.lock().unwrap() = Some(Arc::clone(&agent.params));
        self.runs.lock().unwrap().insert(run, Running { agent: agent.clone(), ends: Vec::new() });
        let (end, runs) = (self.end_of(run), Arc::clone(&self.runs));
        Box::pin(async move {
            let started = match select(Box::pin(agent.evaluate()), end).await {
                Either::Left((started, _)) => started,
                Either::Right(_) => Err(StartError::Terminated),
            };
            if started.is_err() {
                runs.lock().unwrap().remove(&run);
            }
            started
        })
    }

    fn dispatch(&self, run: RunId, event: WorkerEvent) -> BoxFuture<'static, DispatchOutcome> {
        let agent = self.runs.lock().unwrap().get(&run).map(|running| running.agent.clone());
        let Some(agent) = agent else { return Box::pin(async { DispatchOutcome::Discarded }) };
        let end = self.end_of(run);
        if *self.busy.lock().unwrap() {
            return Box::pin(async move {
                let _ = end.await;
                DispatchOutcome::Discarded
            });
        }
        let waiting = Arc::clone(&self.waiting);
        let (runs, crashed) = (Arc::clone(&self.runs), Arc::clone(&self.crashed));
        let crash = move || {
            runs.lock().unwrap().remove(&run);
            crashed.lock().unwrap().insert(run);
        };
        Box::pin(async move {
            match select(Box::pin(agent.handle(&event, &waiting, crash)), end).await {
                Either::Left((outcome, _)) => outcome,
                Either::Right(_) => DispatchOutcome::Terminated,
            }
        })
    }

    fn terminate(&self, run: RunId) -> BoxFuture<'static, ()> {
        if let Some(running) = self.runs.lock().unwrap().remove(&run) {
            self.log.add(format!("end {}", running.agent.params.worker.id.0));
        }
        Box::pin(async {})
    }

    fn notify(&self, run: RunId, notification: Notification) {
        let runs = self.runs.lock().unwrap();
        let Some(running) = runs.get(&run) else {
            assert!(self.crashed.lock().unwrap().contains(&run), "a run that is not known is told something");
            return;
        };
        if let Notification::Message { .. } = notification {
            running.agent.log.add(format!(
                "{}: {}",
                running.agent.params.worker.id.0,
                describe(&notification)
            ));
        }
    }
}

impl Agent {
    async fn evaluate(self) -> Result<StartedWorker, StartError> {
        let script = String::from_utf8(self.params.script.body.to_vec()).unwrap();
        let mut event_types = BTreeSet::new();
        let mut evaluation = Evaluation::Normal;
        for line in script.lines() {
            match line.split_once(' ').unwrap_or((line, "")) {
                ("import", path) => {
                    if let Err(error) = self.import(path).await {
                        evaluation = Evaluation::Threw(error);
                        break;
                    }
                }
                ("throw-again", _) if self.params.worker.state == WorkerState::Parsed => {}
                ("throw" | "throw-again", _) => {
                    evaluation = Evaluation::Threw("Error: thrown (sw.js:1:1)".into())
                }
                ("hang", _) => std::future::pending().await,
                ("unparsable", _) => return Err(StartError::Parse("SyntaxError (sw.js:1:1)".into())),
                ("on", listener) => {
                    event_types.insert(listener.split(' ').next().unwrap().to_owned());
                }
                _ => {}
            }
        }
        Ok(StartedWorker { evaluation, event_types, all_fetch_listeners_are_empty: false })
    }

    async fn import(&self, path: &str) -> Result<(), String> {
        let (reply, script) = Reply::channel();
        let import = match self.params.worker.worker_type {
            WorkerType::Classic => ScriptImport::Classic,
            WorkerType::Module => ScriptImport::Module {
                is_json: path.ends_with(".json"),
                referrer: self.params.script.response_url.clone(),
                referrer_policy: ReferrerPolicy::Empty,
            },
        };
        self.handle.import_script(self.params.worker.id, url(path), import, reply);
        let script = script.await.map_err(|error| format!("{}: {error}", kind_of(&error)))?;
        self.log.add(format!("imported {}: {}", script.url.path(), String::from_utf8_lossy(&script.body)));
        Ok(())
    }

    async fn handle(
        self,
        event: &WorkerEvent,
        waiting: &Mutex<Vec<oneshot::Sender<()>>>,
        crash: impl Fn(),
    ) -> DispatchOutcome {
        let worker = self.params.worker.id;
        let what = match event {
            WorkerEvent::Message(message) => {
                format!("message {}", message.message.downcast::<&str>().unwrap())
            }
            WorkerEvent::Fetch(fetch) => {
                let id = |id: &Option<service_worker::ClientId>| {
                    id.as_ref().map_or("-".into(), |id| id.0.to_string())
                };
                format!(
                    "fetch {} for {} to {}",
                    fetch.request.url().path(),
                    id(&fetch.client),
                    id(&fetch.resulting_client)
                )
            }
            event => event.name().to_owned(),
        };
        self.log.add(format!("{}: {what}", worker.0));
        if let WorkerEvent::Fetch(fetch) = event {
            let (aborted, log, url) = (fetch.aborted(), self.log.clone(), fetch.request.url().clone());
            tokio::spawn(async move {
                if aborted.await {
                    log.add(format!("aborted {}", url.path()));
                }
            });
        }
        let script = String::from_utf8(self.params.script.body.to_vec()).unwrap();
        let listener = script.lines().find_map(|line| {
            let line = line.strip_prefix("on ")?;
            line.strip_prefix(event.name()).filter(|rest| rest.is_empty() || rest.starts_with(' '))
        });
        let mut words = listener.unwrap_or_default().split_whitespace();
        while let Some(word) = words.next() {
            match word {
                "fail" => return DispatchOutcome::Failed("Error: rejected".into()),
                "hang" => std::future::pending().await,
                "wait" => {
                    let (sender, receiver) = oneshot::channel();
                    waiting.lock().unwrap().push(sender);
                    let _ = receiver.await;
                }
                "skipWaiting" => {
                    let (reply, done) = Reply::channel();
                    self.handle.skip_waiting(worker, reply);
                    done.await.unwrap();
                }
                "claim" => {
                    let (reply, done) = Reply::channel();
                    self.handle.claim(worker, reply);
                    if let Err(error) = done.await {
                        self.log.add(format!("claim: {}", kind_of(&error)));
                    }
                }
                "update" => {
                    let (reply, done) = Reply::channel();
                    self.handle.update(Environment::Worker(worker), self.params.registration.id, reply);
                    if let Err(error) = done.await {
                        self.log.add(format!("update: {}", kind_of(&error)));
                    }
                }
                "respond" => {
                    let WorkerEvent::Fetch(fetch) = event else { panic!("a fetch can be responded to") };
                    let body = fetch::body_of_bytes(words.next().unwrap().to_owned());
                    let head = fetch::ResponseHead { status: 200, ..fetch::ResponseHead::default() };
                    let response = fetch::Response::new(head, Some(body));
                    fetch.respond(Ok(Some(FetchResponse { response, body_needs_worker: true })));
                }
                "import" => {
                    if let Err(error) = self.import(words.next().unwrap()).await {
                        self.log.add(error);
                    }
                }
                "crash" => {
                    crash();
                    self.handle.worker_stopped(self.params.run);
                    return DispatchOutcome::Terminated;
                }
                other => panic!("{other} is no action"),
            }
        }
        if let WorkerEvent::Fetch(fetch) = event {
            fetch.respond(Ok(None));
        }
        DispatchOutcome::Handled
    }
}
