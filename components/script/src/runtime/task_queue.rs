//! The part of an event loop that other threads can reach.
//!
//! <https://html.spec.whatwg.org/multipage/webappapis.html#task-queue>

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use mozjs::context::JSContext;

use super::task_source::TaskSource;

/// A task: it runs on the agent's thread, outside any realm.
pub(crate) type Task = Box<dyn FnOnce(&mut JSContext) + Send>;

/// A task and what is known of it.
pub(crate) struct QueuedTask {
    /// Its source.
    pub(crate) source: TaskSource,
    /// When it became runnable; timers compare themselves with this.
    arrived: Instant,
    /// Its steps.
    pub(crate) steps: Task,
}

/// What an event loop has to do next.
pub(crate) enum Next {
    /// Run this task.
    Task(QueuedTask),
    /// Run the earliest timer, which is due.
    Timer,
    /// Nothing is queued, no timer is set, nothing is pending. Said once until something runs.
    Idle,
    /// The agent is to end.
    Closing,
}

#[derive(Default)]
struct State {
    tasks: VecDeque<QueuedTask>,
    pending: usize,
    /// The loop has said that it is idle, and nothing happened since.
    idle: bool,
    /// Those that are not idle for as long as this one is not: the agents that own this one, a worker's. Locks are
    /// taken from worker to owner, never the other way.
    owners: Vec<Arc<TaskQueue>>,
}

impl State {
    /// Something is to do: the next time that there is nothing is news again.
    fn set_busy(&mut self) {
        if std::mem::replace(&mut self.idle, false) {
            self.owners.iter().for_each(|owner| owner.add_pending());
        }
    }

    /// There is nothing to do; false if that is no news.
    fn set_idle(&mut self) -> bool {
        let is_news = !std::mem::replace(&mut self.idle, true);
        if is_news {
            self.owners.iter().for_each(|owner| owner.remove_pending());
        }
        is_news
    }
}

/// The tasks of one event loop, in the order of their arrival.
#[derive(Default)]
pub(crate) struct TaskQueue {
    state: Mutex<State>,
    /// Signalled whenever [`State`] or `closing` changed in a way that the loop has to look at.
    changed: Condvar,
    closing: AtomicBool,
    terminated: AtomicBool,
}

impl TaskQueue {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic while the lock is held leaves nothing half done: each critical section is one step.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// <https://html.spec.whatwg.org/multipage/webappapis.html#queue-a-task>
    ///
    /// A task for an agent that is ending is dropped: false.
    pub(crate) fn post(&self, source: TaskSource, steps: Task) -> bool {
        let task = QueuedTask { source, arrived: Instant::now(), steps };
        let mut state = self.lock();
        if self.is_closing() {
            drop(state);
            return false;
        }
        state.tasks.push_back(task);
        state.set_busy();
        drop(state);
        self.changed.notify_all();
        true
    }

    /// Takes what is to be done next; waits until there is something. With a timer that is not waited for, the loop
    /// may be idle until it is due.
    pub(crate) fn next(&self, next_timer: Option<Instant>, timer_is_waited_for: bool) -> Next {
        let mut state = self.lock();
        loop {
            if self.is_closing() {
                return Next::Closing;
            }
            let now = Instant::now();
            let due_timer = next_timer.filter(|due| *due <= now);
            match (due_timer, state.tasks.front().map(|task| task.arrived)) {
                (Some(due), Some(arrived)) if due <= arrived => return Next::Timer,
                (Some(_), None) => return Next::Timer,
                (_, Some(_)) => {
                    if let Some(task) = state.tasks.pop_front() {
                        return Next::Task(task);
                    }
                }
                (None, None) if !timer_is_waited_for && state.pending == 0 && state.set_idle() => {
                    return Next::Idle;
                }
                (None, None) => match next_timer {
                    Some(due) => {
                        let wait = due.saturating_duration_since(now);
                        state =
                            self.changed.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0;
                    }
                    None => {
                        state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                    }
                },
            }
        }
    }

    /// Blocks the agent's thread until `ready` gives something or the agent is terminated (`None`).
    ///
    /// For the few places where the platform blocks script (`importScripts`). Whoever makes `ready`
    /// change its mind calls [`TaskQueue::wake`] afterwards.
    ///
    /// With a deadline it also ends when that is past (`None`).
    pub(crate) fn block_until<T>(
        &self,
        deadline: Option<Instant>,
        mut ready: impl FnMut() -> Option<T>,
    ) -> Option<T> {
        let mut state = self.lock();
        loop {
            if self.is_terminated() {
                return None;
            }
            if let Some(value) = ready() {
                return Some(value);
            }
            let Some(deadline) = deadline else {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Makes the agent's thread look again.
    pub(crate) fn wake(&self) {
        // The lock is taken so that the signal can't fall between another thread's look and its wait.
        drop(self.lock());
        self.changed.notify_all();
    }

    /// Ends the event loop after the task that it is running, which may go on to its end.
    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::Release);
        self.wake();
    }

    /// Ends the event loop, and the wait that its thread may be blocked in.
    pub(crate) fn terminate(&self) {
        self.terminated.store(true, Ordering::Release);
        self.close();
    }

    /// Whether the agent is to end.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    /// Whether the agent is to end in the midst of what it is doing.
    pub(crate) fn is_terminated(&self) -> bool {
        self.terminated.load(Ordering::Acquire)
    }

    /// Whether the loop has said that it is idle, and nothing happened since.
    pub(crate) fn is_idle(&self) -> bool {
        self.lock().idle
    }

    /// From now on `owner` is not idle while this loop is not.
    pub(crate) fn add_owner(&self, owner: Arc<TaskQueue>) {
        let mut state = self.lock();
        if !state.idle {
            owner.add_pending();
        }
        state.owners.push(owner);
    }

    /// Takes that back, for `owner` or (at the end of this loop) for all.
    pub(crate) fn remove_owners(&self, is_meant: impl Fn(&Arc<TaskQueue>) -> bool) {
        let mut state = self.lock();
        let busy = !state.idle;
        state.owners.retain(|owner| {
            let remove = is_meant(owner);
            if remove && busy {
                owner.remove_pending();
            }
            !remove
        });
    }

    /// Takes all tasks that will not run any more, so that their owner drops them where it wants.
    pub(crate) fn take_all(&self) -> Vec<QueuedTask> {
        self.lock().tasks.drain(..).collect()
    }

    pub(super) fn add_pending(&self) {
        let mut state = self.lock();
        state.pending += 1;
        state.set_busy();
    }

    pub(super) fn remove_pending(&self) {
        let mut state = self.lock();
        state.pending -= 1;
        let look = state.pending == 0;
        drop(state);
        if look {
            self.changed.notify_all();
        }
    }

    /// Something ran: the next time that there is nothing to do is news again.
    pub(crate) fn mark_busy(&self) {
        self.lock().set_busy();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::super::pending::PendingOperation;
    use super::*;

    fn source_of(next: Next) -> Option<TaskSource> {
        match next {
            Next::Task(task) => Some(task.source),
            _ => None,
        }
    }

    #[test]
    fn tasks_come_in_the_order_of_their_arrival() {
        let queue = TaskQueue::default();
        assert!(queue.post(TaskSource::Networking, Box::new(|_| {})));
        assert!(queue.post(TaskSource::DomManipulation, Box::new(|_| {})));
        assert_eq!(source_of(queue.next(None, false)), Some(TaskSource::Networking));
        assert_eq!(source_of(queue.next(None, false)), Some(TaskSource::DomManipulation));
    }

    #[test]
    fn a_timer_that_was_due_before_a_task_arrived_goes_first() {
        let queue = TaskQueue::default();
        let due = Instant::now();
        queue.post(TaskSource::Networking, Box::new(|_| {}));
        assert!(matches!(queue.next(Some(due), true), Next::Timer));
    }

    #[test]
    fn a_task_goes_before_a_timer_that_is_not_due() {
        let queue = TaskQueue::default();
        queue.post(TaskSource::Networking, Box::new(|_| {}));
        let later = Instant::now() + Duration::from_secs(3600);
        assert_eq!(source_of(queue.next(Some(later), true)), Some(TaskSource::Networking));
    }

    #[test]
    fn a_loop_with_a_pending_operation_is_not_idle_until_it_ends() {
        let queue = Arc::new(TaskQueue::default());
        let operation = PendingOperation::new(queue.clone());
        let other = operation.clone();
        let ender = std::thread::spawn({
            let queue = queue.clone();
            move || {
                drop(other);
                queue.post(TaskSource::Networking, Box::new(|_| {}));
                drop(operation);
            }
        });
        // The task is seen before idleness, since it was queued before the operation ended.
        assert_eq!(source_of(queue.next(None, false)), Some(TaskSource::Networking));
        assert!(matches!(queue.next(None, false), Next::Idle));
        assert!(queue.is_idle());
        ender.join().expect("the other thread ended well");
    }

    #[test]
    fn idleness_is_said_once_until_something_is_queued() {
        let queue = Arc::new(TaskQueue::default());
        assert!(matches!(queue.next(None, false), Next::Idle));
        let poster = std::thread::spawn({
            let queue = queue.clone();
            move || queue.post(TaskSource::Timer, Box::new(|_| {}))
        });
        assert_eq!(source_of(queue.next(None, false)), Some(TaskSource::Timer));
        assert!(poster.join().expect("the other thread ended well"));
        assert!(matches!(queue.next(None, false), Next::Idle));
    }

    #[test]
    fn an_owner_is_idle_after_all_that_it_owns() {
        let (owner, owned) = (Arc::new(TaskQueue::default()), TaskQueue::default());
        owned.add_owner(owner.clone());
        assert_eq!(owner.lock().pending, 1);
        assert!(matches!(owned.next(None, false), Next::Idle));
        assert!(matches!(owner.next(None, false), Next::Idle));
        owned.post(TaskSource::PostedMessage, Box::new(|_| {}));
        assert!(!owner.is_idle());
        assert_eq!(source_of(owned.next(None, false)), Some(TaskSource::PostedMessage));
        owned.remove_owners(|_| true);
        assert!(matches!(owner.next(None, false), Next::Idle));
    }

    #[test]
    fn a_closing_loop_takes_no_further_task() {
        let queue = TaskQueue::default();
        queue.post(TaskSource::Timer, Box::new(|_| {}));
        queue.close();
        assert!(!queue.post(TaskSource::Timer, Box::new(|_| {})));
        assert!(matches!(queue.next(None, false), Next::Closing));
        assert_eq!(queue.take_all().len(), 1);
    }

    #[test]
    fn a_blocking_wait_ends_when_the_agent_is_terminated() {
        let queue = Arc::new(TaskQueue::default());
        queue.close();
        assert_eq!(queue.block_until(None, || Some(1)), Some(1));
        let closer = std::thread::spawn({
            let queue = queue.clone();
            move || queue.terminate()
        });
        assert_eq!(queue.block_until(None, || None::<()>), None);
        closer.join().expect("the other thread ended well");
    }
}
