//! Stored bodies as streams: part of [create record
//! objects](https://wicg.github.io/background-fetch/#create-settled-fetches-algorithm) that needs no
//! JavaScript.

use std::sync::Arc;

use fetch::{BodySource, BodyStream, NetworkError, NetworkErrorKind, Response, ResponseHead};
use futures::StreamExt;
use futures::stream;
use tokio::sync::watch;

use crate::host::{StoreError, StoredBody};
use crate::{Error, MatchedResponse};

/// How much is read from the store at once.
const SLICE: usize = 128 << 10;

/// How far a background fetch response has come, for those who hold a record object.
#[derive(Clone, Debug, Default)]
pub(crate) struct ResponseProgress {
    /// The response, once it is not null, as it may be exposed.
    pub response: Option<Arc<ExposedHead>>,
    /// The bytes that can be read.
    pub stored: u64,
    /// Set when there won't be more: whether the response may be exposed.
    pub end: Option<Result<(), Error>>,
}

/// A response's head as a page gets to see it.
#[derive(Debug)]
pub(crate) struct ExposedHead {
    /// The head.
    pub head: ResponseHead,
    /// Whether there is no body at all.
    pub null_body: bool,
}

/// The part of [create record
/// objects](https://wicg.github.io/background-fetch/#create-settled-fetches-algorithm) that settles
/// `responseReady`.
pub(crate) async fn response_ready(response: MatchedResponse) -> Result<Response, Error> {
    let MatchedResponse { body, mut progress } = response;
    // 2.9.1. Wait for the response. NB: SD-34: or for the record to be settled without one.
    let (exposed, end) = match progress.wait_for(|now| now.response.is_some() || now.end.is_some()).await {
        Ok(now) => (now.response.clone(), now.end.clone()),
        Err(_) => return Err(Error::ServiceEnded),
    };
    // 2.9.3, 2.9.4. It may not be exposed.
    if let Some(Err(error)) = end {
        return Err(error);
    }
    // 2.9.2. A copy of the response, without Content-Range and Content-Length, with the stream as its body.
    let exposed = exposed.ok_or(Error::RecordsUnavailable)?;
    let body = (!exposed.null_body).then(|| response_body(body, progress));
    Ok(Response::new(exposed.head.clone(), body))
}

/// A response's body as it is and will be stored. Reads only when it is asked for more, so a slow reader
/// costs no memory. NB: SD-43: what it was opened on stays readable when the records are gone.
fn response_body(body: Box<dyn StoredBody>, progress: watch::Receiver<ResponseProgress>) -> BodyStream {
    let state = Some((body, progress, 0u64));
    stream::unfold(state, async |state| {
        let (body, mut progress, transmitted) = state?;
        // 1. Wait for bytes that were not transmitted yet, or the end.
        let now = match progress.wait_for(|now| now.stored > transmitted || now.end.is_some()).await {
            Ok(now) => now.clone(),
            // The service has ended, and with it the download.
            Err(_) => return Some((Err(network_error(&Error::ServiceEnded)), None)),
        };
        match now.end {
            // 5.3, 5.4. Aborted, or not to be exposed.
            Some(Err(error)) => Some((Err(network_error(&error)), None)),
            // 5.2. Everything was transmitted.
            Some(Ok(())) if transmitted >= now.stored => None,
            // 3. A slice of the bytes.
            _ => match body.read_at(transmitted, SLICE).await {
                Ok(bytes) if bytes.is_empty() => {
                    let error = StoreError::Failed(format!("a stored body ends before byte {transmitted}"));
                    Some((Err(network_error(&Error::Store(error))), None))
                }
                Ok(bytes) => {
                    let transmitted = transmitted + bytes.len() as u64;
                    Some((Ok(bytes), Some((body, progress, transmitted))))
                }
                Err(error) => Some((Err(network_error(&Error::Store(error))), None)),
            },
        }
    })
    .boxed()
}

/// A network error that makes a page see what `error` stands for.
fn network_error(error: &Error) -> NetworkError {
    match error {
        Error::Aborted | Error::ServiceEnded => NetworkError::aborted(),
        Error::Store(_) => NetworkError::new(NetworkErrorKind::Internal, error.to_string()),
        _ => NetworkError::new(NetworkErrorKind::Cut, error.to_string()),
    }
}

/// A request's stored body, to be sent, and sent again by a redirect, or read by a page.
pub(crate) struct StoredRequestBody {
    body: Arc<dyn StoredBody>,
    length: u64,
}

impl StoredRequestBody {
    /// The `length` bytes of `body`.
    pub(crate) fn new(body: Box<dyn StoredBody>, length: u64) -> Self {
        StoredRequestBody { body: Arc::from(body), length }
    }
}

impl BodySource for StoredRequestBody {
    fn length(&self) -> Option<u64> {
        Some(self.length)
    }

    fn is_replayable(&self) -> bool {
        true
    }

    fn open(&self) -> Result<BodyStream, NetworkError> {
        let state = Some((self.body.clone(), self.length, 0u64));
        Ok(stream::unfold(state, async |state| {
            let (body, length, offset) = state?;
            if offset >= length {
                return None;
            }
            let read = body.read_at(offset, SLICE).await;
            let error = match read {
                Ok(bytes) if !bytes.is_empty() => {
                    let offset = offset + bytes.len() as u64;
                    return Some((Ok(bytes), Some((body, length, offset))));
                }
                Ok(_) => format!("a stored request body ends before byte {offset} of {length}"),
                Err(error) => error.to_string(),
            };
            Some((Err(NetworkError::new(NetworkErrorKind::RequestBody, error)), None))
        })
        .boxed())
    }
}
