//! Fetching a media resource, by ranges: <https://html.spec.whatwg.org/multipage/media.html#concept-media-load-resource>.

use std::sync::Arc;
use std::time::{Duration, Instant};

use fetch::http::content_range::extract_content_range_values;
use fetch::http_extensions::content_type::extract_mime_type;
use fetch::{CredentialsMode, Destination, FetchParams, Network, RequestMode, Response, Url};
use futures::TryStreamExt;
use futures::future::{AbortHandle, Abortable};

use super::html_media_element::HTMLMediaElement;
use crate::bindings::interfaces::HTMLMediaElementMethods;
use crate::dom::csp::fetch_params;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// So many bytes tell what a resource is: <https://mimesniff.spec.whatwg.org/#reading-the-resource-header>.
const RESOURCE_HEADER_LENGTH: u64 = 1445;

/// `progress` is fired no more often than this.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(350);

impl HTMLMediaElement {
    /// Step 5, remote, from 2 on.
    pub(super) fn start_fetching(&self, url: Url) {
        let global = self.global();
        // 2. The request: <https://html.spec.whatwg.org/multipage/urls-and-fetching.html#create-a-potential-cors-request>
        let mut request = global.new_request(url);
        request.destination = Destination::Audio;
        (request.mode, request.credentials) = match self.GetCrossOrigin().as_deref() {
            None => (RequestMode::NoCors, CredentialsMode::Include),
            Some("use-credentials") => (RequestMode::Cors, CredentialsMode::Include),
            Some(_) => (RequestMode::Cors, CredentialsMode::SameOrigin),
        };
        request.use_url_credentials = true;
        // 4–9. Fetch it, from its first byte on.
        let fetching = MediaFetch {
            network: global.hosts().network.clone(),
            params: fetch_params(&global, request),
            received: 0,
            on_progress: self.on_progress(),
        };
        let (abort, registration) = AbortHandle::new_pair();
        *self.fetching.borrow_mut() = Some(abort);
        let (this, load, tasks) = (Trusted::new(self), self.load.get(), global.task_sender());
        global.spawn(async move {
            // Where it was aborted, nobody wants to know.
            let Ok(message) = Abortable::new(fetching.inspect(), registration).await else { return };
            tasks.post(
                TaskSource::DomManipulation,
                Box::new(move |_cx, _global| {
                    let this = this.root();
                    if this.load.get() == load {
                        this.fail_soon(message);
                    }
                }),
            );
        });
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#event-media-progress>
    fn on_progress(&self) -> Box<dyn Fn() + Send + Sync> {
        let (this, load, tasks) = (Trusted::new(self), self.load.get(), self.global().task_sender());
        Box::new(move || {
            let this = this.clone();
            tasks.post(
                TaskSource::DomManipulation,
                Box::new(move |cx, _global| {
                    let this = this.root();
                    if this.load.get() == load {
                        this.upcast::<EventTarget>().fire_event(cx, "progress");
                    }
                }),
            );
        })
    }
}

/// A resource that is being fetched.
struct MediaFetch {
    network: Arc<dyn Network>,
    /// The fetch, but for its range.
    params: FetchParams,
    /// How many bytes, from the first one on, are there.
    received: u64,
    on_progress: Box<dyn Fn() + Send + Sync>,
}

impl MediaFetch {
    /// Fetches as much as it takes to find out what the resource is, and says why it can't be played.
    async fn inspect(mut self) -> String {
        let mut last_progress: Option<Instant> = None;
        let mut mime_type = None;
        // More than one request, where the server sends less than it was asked for.
        loop {
            let first = self.received;
            let response = match self.fetch_from(first).await {
                Ok(response) => response,
                Err(message) => return message,
            };
            let internal = response.internal_head();
            mime_type = mime_type.or_else(|| extract_mime_type(&internal.headers));
            // Bytes that were there already, if it is the whole once more.
            let mut skip = if internal.status == 206 { 0 } else { first };
            let complete_length =
                extract_content_range_values(&internal.headers).and_then(|range| range.complete_length);
            let Some(mut body) = response.body else { break };
            while self.received < RESOURCE_HEADER_LENGTH {
                let chunk = match body.try_next().await {
                    Ok(Some(chunk)) => chunk,
                    Ok(None) => break,
                    Err(error) => return format!("the resource could not be loaded: {error}"),
                };
                let length = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
                let skipped = skip.min(length);
                skip -= skipped;
                self.received += length - skipped;
                if last_progress.is_none_or(|last| last.elapsed() >= PROGRESS_INTERVAL) {
                    last_progress = Some(Instant::now());
                    (self.on_progress)();
                }
            }
            let is_known = self.received >= RESOURCE_HEADER_LENGTH;
            let has_more = complete_length.is_some_and(|length| self.received < length);
            // Who sends nothing new won't do so the next time either.
            if is_known || !has_more || self.received == first {
                break;
            }
        }
        let mime_type = mime_type.map_or("of no type".to_owned(), |mime_type| mime_type.essence());
        format!("the resource ({mime_type}) can't be played: this engine has no decoders")
    }

    /// A response for the bytes from `first` on, that was
    /// [verified](https://html.spec.whatwg.org/multipage/media.html#verify-a-media-response).
    async fn fetch_from(&self, first: u64) -> Result<Response, String> {
        let mut params = self.params.clone();
        params.request.add_range_header(first, None);
        // 1. A network error.
        let response = self
            .network
            .fetch(params)
            .await
            .map_err(|error| format!("the resource could not be loaded: {error}"))?;
        // 3. The page may not see it, we may.
        let internal = response.internal_head();
        match internal.status {
            // 4. The whole.
            200 => Ok(response),
            // 6–8. The part that was asked for.
            206 => match extract_content_range_values(&internal.headers) {
                Some(range) if range.first == first => Ok(response),
                Some(range) => Err(format!(
                    "asked for the bytes from {first} on, the server sent those from {} on",
                    range.first
                )),
                None => Err("the server sent a part of the resource without saying which".to_owned()),
            },
            // 5. Nothing of use.
            status => {
                Err(format!("the server answered {status} {}", internal.status_message).trim_end().to_owned())
            }
        }
    }
}
