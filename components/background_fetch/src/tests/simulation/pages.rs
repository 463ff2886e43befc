//! What pages know: what they started, what they were promised, what they read.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use fetch::BodyStream;
use futures::StreamExt;

use super::servers::content;
use crate::testing::{LastInstance, now};
use crate::{Error, Instance, MatchedRecord, SettledResult, UniqueId};

/// A slot for an answer that may come later, or never.
pub type Slot<T> = Arc<Mutex<Option<Result<T, Error>>>>;

/// A fetch that was started.
pub struct Started {
    pub site: usize,
    pub posts: Vec<bool>,
    pub download_total: u64,
    pub observer: Arc<LastInstance>,
    pub answer: Slot<Instance>,
    pub unique_id: Option<UniqueId>,
    /// How often each request that isn't a GET was sent.
    pub sent: BTreeMap<u32, u32>,
    /// Whether `abort()` has been answered with true.
    pub aborted: bool,
    pub aborts: Vec<Slot<bool>>,
    /// The result that its event told of.
    pub told: Option<SettledResult>,
    /// How its story ended, if it has.
    pub end: Option<End>,
    /// Looked at so far, of the observer's updates.
    pub seen: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum End {
    /// Its event was handled, or given up.
    Handled,
    /// Its registration went away, perhaps in the middle of its event.
    Removed { in_event: bool },
    /// The process died before it was answered.
    Lost,
}

/// Somebody who reads a response.
pub struct Reader {
    pub resource: u64,
    pub version: u64,
    pub length: u64,
    pub stream: Option<BodyStream>,
    pub read: u64,
    /// Whether everything was stored when it began: then it ends well, whatever happens.
    pub whole: bool,
}

/// Records that were asked for.
pub type Matches = Slot<Vec<MatchedRecord>>;

impl Reader {
    /// Reads what is there, and holds it against what the server has.
    pub fn read_on(&mut self) {
        let Some(mut stream) = self.stream.take() else { return };
        let expected = content(self.resource, self.version, self.length);
        loop {
            match now(stream.next()) {
                None => {
                    assert!(!self.whole, "a whole body that has to be waited for");
                    self.stream = Some(stream);
                    return;
                }
                Some(None) => return assert_eq!(self.read, self.length, "a body ended too early"),
                Some(Some(Err(error))) => return assert!(!self.whole, "a whole body failed: {error}"),
                Some(Some(Ok(bytes))) => self.check(&expected, &bytes),
            }
        }
    }

    fn check(&mut self, expected: &Bytes, bytes: &Bytes) {
        let end = self.read + bytes.len() as u64;
        assert!(end <= self.length, "more was read than there is");
        assert!(expected[self.read as usize..end as usize] == bytes[..], "wrong bytes were read");
        self.read = end;
    }
}
