//! What a background fetch left in the store: opened before its event is delivered, because the data is gone
//! afterwards, and hashed beside it.

use std::fmt;
use std::sync::Arc;

use background_fetch::concepts::{RecordId, UniqueId};
use background_fetch::host::{Store, StoreError, StoredBody};
use background_fetch::{Handle, ListedRecord, Reply};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

/// How much of a body is in memory while it is hashed.
const SLICE: usize = 256 << 10;

/// A record, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    /// The request's URL.
    pub url: Url,
    /// The response's status, if there was a response.
    pub status: Option<u16>,
    /// The length of the stored body.
    pub bytes: u64,
    /// The body's SHA-256 in hexadecimal digits, or why it can't be read.
    pub sha256: Result<String, StoreError>,
}

impl StoredRecord {
    /// The record as a JSON object.
    pub fn to_json(&self) -> Value {
        let mut object = json!({ "url": self.url.as_str(), "status": self.status, "bytes": self.bytes });
        match &self.sha256 {
            Ok(digest) => object["sha256"] = json!(digest),
            Err(error) => object["error"] = json!(error.to_string()),
        }
        object
    }
}

impl fmt::Display for StoredRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.url)?;
        match self.status {
            Some(status) => write!(f, "{status}")?,
            None => write!(f, "no response")?,
        }
        write!(f, ", {} bytes, ", self.bytes)?;
        match &self.sha256 {
            Ok(digest) => write!(f, "sha256 {digest}"),
            Err(error) => write!(f, "unreadable: {error}"),
        }
    }
}

/// A record whose body was opened.
pub struct OpenRecord {
    listed: ListedRecord,
    body: Result<Box<dyn StoredBody>, StoreError>,
}

/// Opens the bodies of all records of a fetch; none if it is not there (any more).
pub async fn open(fetch: UniqueId, service: &Handle, store: &Arc<dyn Store>) -> Vec<OpenRecord> {
    let (reply, listed) = Reply::channel();
    service.list(reply);
    let listed = listed.await.unwrap_or_default();
    let Some(found) = listed.into_iter().find(|listed| listed.instance.unique_id == fetch) else {
        return Vec::new();
    };
    let mut records = Vec::with_capacity(found.records.len());
    for (index, listed) in (0..).zip(found.records) {
        let body = store.open_body(RecordId { fetch, index }).await;
        records.push(OpenRecord { listed, body });
    }
    records
}

/// Reads and hashes what was opened.
pub async fn read(records: Vec<OpenRecord>) -> Vec<StoredRecord> {
    let mut read = Vec::with_capacity(records.len());
    for OpenRecord { listed, body } in records {
        let sha256 = match body {
            Ok(body) => digest(&*body, listed.stored).await,
            Err(error) => Err(error),
        };
        read.push(StoredRecord { url: listed.url, status: listed.status, bytes: listed.stored, sha256 });
    }
    read
}

async fn digest(body: &dyn StoredBody, length: u64) -> Result<String, StoreError> {
    let mut hasher = Sha256::new();
    let mut offset = 0;
    while offset < length {
        let bytes = body.read_at(offset, SLICE).await?;
        if bytes.is_empty() {
            return Err(StoreError::Failed(format!("the body ends at byte {offset} of {length}")));
        }
        offset += bytes.len() as u64;
        hasher.update(&bytes);
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
