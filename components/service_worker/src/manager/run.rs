//! Workers' agents: started for something, ended when there is nothing.

use std::sync::Arc;

use futures::channel::oneshot;
use futures::future::{Either, select};

use super::Manager;
use super::notify::forget_if_unreachable;
use super::state::{Run, RunResult, State, wake};
use crate::host::{StartError, StartWorker, StartedWorker};
use crate::{RunId, WorkerId, WorkerState};

/// What has to happen before a worker runs.
enum Wait {
    ForStart(oneshot::Receiver<RunResult>),
    ForEnd(oneshot::Receiver<()>),
}

impl Manager {
    /// [Run Service Worker](https://w3c.github.io/ServiceWorker/#run-service-worker-algorithm): an error is its
    /// *failure*.
    pub(super) async fn run_service_worker(
        self: &Arc<Self>,
        worker: WorkerId,
        force_bypass_cache: bool,
    ) -> RunResult {
        loop {
            match self.begin_run(worker, force_bypass_cache)? {
                // 1, 13. It runs.
                Ok(running) => return Ok(running),
                // 11–12. Wait for it to run or to fail.
                Err(Wait::ForStart(receiver)) => {
                    return receiver.await.unwrap_or(Err(StartError::Terminated));
                }
                // Its last agent is about to end; then it is started again.
                Err(Wait::ForEnd(receiver)) => drop(receiver.await),
            }
        }
    }

    fn begin_run(
        self: &Arc<Self>,
        id: WorkerId,
        force_bypass_cache: bool,
    ) -> Result<Result<(RunId, crate::host::Evaluation), Wait>, StartError> {
        let mut state = self.state();
        let state = &mut *state;
        let gone = || StartError::Host(format!("{id} is redundant"));
        let shutting_down = state.shutting_down;
        let worker = state.workers.get_mut(&id).ok_or_else(gone)?;
        match &mut worker.run {
            // 1. It runs.
            Run::Running { run, evaluation } => Ok(Ok((*run, evaluation.clone()))),
            Run::Starting { waiters, .. } => {
                let (sender, receiver) = oneshot::channel();
                waiters.push(sender);
                Ok(Err(Wait::ForStart(receiver)))
            }
            Run::Stopping { restarters } => {
                let (sender, receiver) = oneshot::channel();
                restarters.push(sender);
                Ok(Err(Wait::ForEnd(receiver)))
            }
            Run::Stopped if shutting_down => Err(StartError::Terminated),
            // 2. It is redundant.
            Run::Stopped if worker.state == WorkerState::Redundant => Err(gone()),
            // 3–10. Start it.
            Run::Stopped => {
                let (sender, receiver) = oneshot::channel();
                state.next_run += 1;
                let run = RunId(state.next_run);
                worker.force_bypass_cache_for_import_scripts = force_bypass_cache;
                worker.run = Run::Starting { run, is_known: false, waiters: vec![sender] };
                state.runs.insert(run, id);
                let manager = Arc::clone(self);
                self.spawn(async move { manager.start(id, run).await });
                Ok(Err(Wait::ForStart(receiver)))
            }
        }
    }

    /// Run Service Worker, steps 4 to 10.
    async fn start(self: &Arc<Self>, id: WorkerId, run: RunId) {
        let started = match self.start_params(id, run).await {
            Ok(params) => {
                let start = self.hosts.workers.start(params);
                match select(start, self.hosts.clock.sleep(self.config.start_timeout)).await {
                    Either::Left((started, _)) => started,
                    Either::Right(((), _)) => {
                        tracing::warn!(worker = id.0, "a service worker's script took too long and is ended");
                        return self.terminate_service_worker(&mut self.state(), id);
                    }
                }
            }
            Err(error) => Err(error),
        };
        self.finish_start(id, run, started);
    }

    async fn start_params(&self, id: WorkerId, run: RunId) -> Result<StartWorker, StartError> {
        // 4–5. Its script.
        let scripts = self.scripts_of(id).await.map_err(|error| StartError::Host(error.to_string()))?;
        let mut state = self.state();
        let gone = || StartError::Host(format!("{id} is gone"));
        let worker = state.workers.get_mut(&id).ok_or_else(gone)?;
        match &mut worker.run {
            // From here on the host is told what changes.
            Run::Starting { run: present, is_known, .. } if *present == run => *is_known = true,
            // It was terminated meanwhile.
            _ => return Err(StartError::Terminated),
        }
        let script = scripts.get(&worker.script_url).cloned();
        worker.scripts.get_or_insert(scripts);
        let (info, policy_container) = (worker.info(), worker.policy_container.clone());
        let registration = state.registration_info(info.registration).ok_or_else(gone)?;
        let script = script
            .ok_or_else(|| StartError::Host(format!("the profile has no script for {}", info.script_url)))?;
        Ok(StartWorker { run, worker: info, registration, script, policy_container })
    }

    fn finish_start(self: &Arc<Self>, id: WorkerId, run: RunId, started: Result<StartedWorker, StartError>) {
        let mut state = self.state();
        let state = &mut *state;
        let Some(worker) = state.workers.get_mut(&id) else { return };
        // 9.6. It was terminated meanwhile, and those who waited were told.
        if worker.run.id() != Some(run) {
            return;
        }
        let Run::Starting { waiters, .. } = std::mem::replace(&mut worker.run, Run::Stopped) else { return };
        let result = match started {
            Ok(started) => {
                // 9.7. Its start status.
                worker.run = Run::Running { run, evaluation: started.evaluation.clone() };
                // 9.8. What it listens to is settled by its first run.
                if !worker.has_ever_been_evaluated {
                    worker.has_ever_been_evaluated = true;
                    worker.event_types = started.event_types;
                    worker.all_fetch_listeners_are_empty = started.all_fetch_listeners_are_empty;
                }
                let manager = Arc::clone(self);
                self.spawn_timer(async move { manager.stop_when_idle(id, run).await });
                Ok((run, started.evaluation))
            }
            Err(error) => {
                state.runs.remove(&run);
                stopped(state, id);
                Err(error)
            }
        };
        for waiter in waiters {
            // Who no longer waits needs no answer.
            let _ = waiter.send(result.clone());
        }
    }

    /// [Terminate Service Worker](https://w3c.github.io/ServiceWorker/#terminate-service-worker-algorithm).
    ///
    /// What becomes of its events follows from the host's answers: functional events that were not dispatched yet are
    /// dispatched again once the worker runs again (step 1.4, [`Manager::fire_functional_event`]).
    pub(super) fn terminate_service_worker(self: &Arc<Self>, state: &mut State, id: WorkerId) {
        let Some(worker) = state.workers.get_mut(&id) else { return };
        let Some(run) = worker.run.id() else { return };
        let is_known = worker.run.known_id().is_some();
        // 1.6. It has no start status any more.
        let before = std::mem::replace(&mut worker.run, Run::Stopping { restarters: Vec::new() });
        state.runs.remove(&run);
        if let Run::Starting { waiters, .. } = before {
            for waiter in waiters {
                let _ = waiter.send(Err(StartError::Terminated));
            }
        }
        if !is_known {
            return stopped(state, id);
        }
        // 1.2–5. End the agent.
        let ended = self.hosts.workers.terminate(run);
        let manager = Arc::clone(self);
        self.spawn(async move {
            ended.await;
            stopped(&mut manager.state(), id);
        });
    }

    /// The host says that an agent ended by itself.
    pub(crate) fn worker_stopped(self: &Arc<Self>, run: RunId) {
        let mut state = self.state();
        let state = &mut *state;
        let Some(id) = state.runs.remove(&run) else { return };
        let Some(worker) = state.workers.get_mut(&id) else { return };
        if let Run::Starting { waiters, .. } = std::mem::replace(&mut worker.run, Run::Stopped) {
            for waiter in waiters {
                let _ = waiter.send(Err(StartError::Terminated));
            }
        }
        stopped(state, id);
    }

    /// Ends a worker that had no event for a while
    /// (<https://w3c.github.io/ServiceWorker/#service-worker-lifetime>).
    async fn stop_when_idle(self: &Arc<Self>, id: WorkerId, run: RunId) {
        let mut seen = 0;
        loop {
            self.hosts.clock.sleep(self.config.idle_timeout).await;
            let mut state = self.state();
            let Some(worker) = state.workers.get(&id).filter(|worker| worker.run.id() == Some(run)) else {
                return;
            };
            let activity = worker.activity;
            if worker.active_events == 0 && worker.response_bodies == 0 && activity == seen {
                return self.terminate_service_worker(&mut state, id);
            }
            seen = activity;
        }
    }
}

/// The worker has no agent any more.
fn stopped(state: &mut State, id: WorkerId) {
    let Some(worker) = state.workers.get_mut(&id) else { return };
    if let Run::Stopping { mut restarters } = std::mem::replace(&mut worker.run, Run::Stopped) {
        wake(&mut restarters);
    }
    if worker.is_stored {
        worker.scripts = None;
    }
    forget_if_unreachable(state, id);
}
