//! How commands of a session end that is deleted meanwhile.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

/// The session, as far as those know it that wait for its driver: a page that is stuck must not keep anybody from deleting
/// it.
#[derive(Debug, Default)]
pub struct Interrupts(Mutex<Option<(String, CancellationToken)>>);

impl Interrupts {
    fn lock(&self) -> MutexGuard<'_, Option<(String, CancellationToken)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A session begins.
    pub fn begin(&self, session: &str) {
        *self.lock() = Some((session.to_owned(), CancellationToken::new()));
    }

    /// Ends with the session, if it is this one.
    pub fn of(&self, session: Option<&str>) -> CancellationToken {
        match &*self.lock() {
            Some((id, token)) if session == Some(id) => token.clone(),
            _ => CancellationToken::new(),
        }
    }

    /// Ends the commands of a session that are under way or wait.
    pub fn interrupt(&self, session: Option<&str>) {
        self.of(session).cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_session_itself_is_interrupted() {
        let interrupts = Interrupts::default();
        interrupts.begin("a");
        let command = interrupts.of(Some("a"));
        interrupts.interrupt(Some("b"));
        interrupts.interrupt(None);
        assert!(!command.is_cancelled());
        interrupts.interrupt(Some("a"));
        assert!(command.is_cancelled());
        // The next one is another.
        interrupts.begin("b");
        assert!(!interrupts.of(Some("b")).is_cancelled());
    }
}
