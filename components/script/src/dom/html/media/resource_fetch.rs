//! Fetching a media resource, by ranges: <https://html.spec.whatwg.org/multipage/media.html#concept-media-load-resource>.

use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use bytes::Bytes;
use fetch::http::content_range::{extract_content_range_values, unsatisfied_length};
use fetch::{BodyStream, Destination, FetchParams, Network, Origin, Response, ResponseType, Url};
use futures::channel::mpsc::unbounded;
use futures::future::{AbortHandle, Abortable};
use futures::{StreamExt, TryStreamExt};

use super::demuxing::{Command, Listener, Listening, Order, Report, Source, Want, start_demuxing};
use super::html_media_element::HTMLMediaElement;
use super::html_video_element::HTMLVideoElement;
use crate::dom::csp::fetch_params;
use crate::dom::html::elements::html_element::HTMLElement;
use crate::webidl::*;

/// Bytes that are not wanted are read nevertheless, if they are no more than this many: that is quicker than another
/// request.
const NEAR: u64 = 64 * 1024;

/// `progress` is fired no more often than this.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(350);

/// A resource that is fetched and read, as the element holds it. All of that ends with it.
pub(super) struct Loading {
    commands: mpsc::Sender<Command>,
    fetching: AbortHandle,
}

impl Loading {
    pub(super) fn order(&self, order: Order, listener: Listener) {
        // Who doesn't listen any more has failed, or its document is gone.
        let _ = self.commands.send(Command { order, listener });
    }
}

impl Drop for Loading {
    fn drop(&mut self) {
        self.fetching.abort();
    }
}

impl HTMLMediaElement {
    /// Step 5, remote, from 2 on.
    pub(super) fn start_fetching(&self, url: Url) {
        let global = self.global();
        // 2. The request.
        let is_video = self.downcast::<HTMLVideoElement>().is_some();
        let destination = if is_video { Destination::Video } else { Destination::Audio };
        let request = self.upcast::<HTMLElement>().create_a_potential_cors_request(url, destination);
        // 4–9. Fetch it, from its first byte on.
        let fetch = ResourceFetch {
            network: global.hosts().network.clone(),
            params: fetch_params(&global, request),
            origin: None,
            end: None,
            current: None,
            listening: Listening::new(Listener::new(self)),
            goal: self.begin_to_read(),
            last_progress: None,
        };
        let (commands, commanded) = mpsc::channel();
        let (fetching, registration) = AbortHandle::new_pair();
        *self.loading.borrow_mut() = Some(Loading { commands, fetching });
        global.spawn(async move {
            // Where it was aborted, nobody wants to know.
            let _ = Abortable::new(fetch.run(commanded), registration).await;
        });
    }
}

/// A resource that is being fetched.
struct ResourceFetch {
    network: Arc<dyn Network>,
    /// The fetch, but for its range.
    params: FetchParams,
    /// Where its parts come from, as soon as there is one.
    origin: Option<PartsOrigin>,
    /// How many bytes it has, as soon as that is known.
    end: Option<u64>,
    current: Option<Part>,
    listening: Listening,
    /// Until when it is read at first, in seconds.
    goal: f64,
    last_progress: Option<Instant>,
}

/// A response that is being read.
struct Part {
    body: BodyStream,
    /// Which byte of the resource comes next.
    position: u64,
    /// Whether it is the part that was asked for, and not the whole.
    is_range: bool,
}

/// Parts of one resource that a page may not look into must not be mixed with those of another one.
#[derive(PartialEq)]
enum PartsOrigin {
    /// A service worker made them up.
    Rewritten,
    Url(Origin),
    Multiple,
}

impl ResourceFetch {
    /// Fetches the begin, has it read, and fetches what is wanted for that.
    async fn run(mut self, commands: mpsc::Receiver<Command>) {
        let failed = |message| Report::Failed(media::Error::Source(std::io::Error::other(message)));
        let first = match self.fetch_from(0).await {
            Ok(Some(part)) => part,
            Ok(None) => return self.listening.tell(failed("the server says that it is empty".to_owned())),
            Err(message) => return self.listening.tell(failed(message)),
        };
        let (wants, mut wanted) = unbounded();
        let can_be_resumed = first.is_range && self.end.is_some();
        let source = Source::new(wants, self.end, can_be_resumed);
        self.current = Some(first);
        if let Err(error) = start_demuxing(source, commands, self.listening.clone(), self.goal) {
            return self.listening.tell(failed(format!("there is no thread for it: {error}")));
        }
        while let Some(want) = wanted.next().await {
            match want {
                Want::Bytes { at, answer } => {
                    let bytes = self.bytes_at(at).await;
                    // (Whoever wanted them may be gone.)
                    let _ = answer.send(bytes);
                }
                // A connection that nobody reads from would be missing elsewhere.
                Want::Nothing if can_be_resumed => self.current = None,
                Want::Nothing => {}
            }
        }
    }

    /// Some bytes from this one on; none at the end.
    async fn bytes_at(&mut self, at: u64) -> Result<Bytes, String> {
        let mut was_fetched = false;
        loop {
            if self.end.is_some_and(|end| at >= end) {
                return Ok(Bytes::new());
            }
            let is_on_its_way = |part: &Part| {
                part.position <= at && (was_fetched || !part.is_range || at - part.position <= NEAR)
            };
            let mut part = match self.current.take() {
                Some(part) if is_on_its_way(&part) => part,
                // Who sends nothing of it won't do so the next time either.
                _ if was_fetched => return Err(format!("the server does not send byte {at}")),
                _ => {
                    was_fetched = true;
                    match self.fetch_from(at).await? {
                        Some(part) => part,
                        None => continue,
                    }
                }
            };
            let mut chunk = match part.body.try_next().await {
                Ok(Some(chunk)) => chunk,
                // The rest, or what was lost on the way, is asked for.
                Ok(None) if self.end.is_some() => continue,
                Err(_) if part.is_range && !was_fetched => continue,
                Ok(None) => {
                    self.end = Some(part.position);
                    return Ok(Bytes::new());
                }
                Err(error) => return Err(could_not_load(&error)),
            };
            self.progressed();
            let start = part.position;
            part.position += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
            let position = part.position;
            self.current = Some(part);
            if position > at {
                let before = usize::try_from(at - start).unwrap_or(usize::MAX);
                return Ok(chunk.split_off(before.min(chunk.len())));
            }
        }
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#event-media-progress>
    fn progressed(&mut self) {
        if self.last_progress.is_none_or(|last| last.elapsed() >= PROGRESS_INTERVAL) {
            self.last_progress = Some(Instant::now());
            self.listening.tell(Report::Progress);
        }
    }

    /// A response with the bytes from `first` on, or some before too, that was
    /// [verified](https://html.spec.whatwg.org/multipage/media.html#verify-a-media-response); none, if the resource turns
    /// out to have no such byte.
    async fn fetch_from(&mut self, first: u64) -> Result<Option<Part>, String> {
        let mut params = self.params.clone();
        params.request.add_range_header(first, None);
        // 1. A network error.
        let response = self.network.fetch(params).await.map_err(|error| could_not_load(&error))?;
        // 3. The page may not see it, we may.
        let internal = response.internal_head();
        let range = match internal.status {
            // 4. The whole.
            200 => None,
            // 6. A part: which one is said, and need not be the one that was asked for.
            206 => match extract_content_range_values(&internal.headers) {
                Some(range) if range.first <= first => Some(range),
                Some(range) => {
                    let sent = range.first;
                    return Err(format!(
                        "asked for the bytes from {first} on, the server sent those from {sent} on"
                    ));
                }
                None => return Err("the server sent a part of the resource without saying which".to_owned()),
            },
            // There is no more.
            416 if first > 0 => {
                self.end = Some(unsatisfied_length(&internal.headers).unwrap_or(first).min(first));
                return Ok(None);
            }
            // 5. Nothing of use.
            status => {
                let message = format!("the server answered {status} {}", internal.status_message);
                return Err(message.trim_end().to_owned());
            }
        };
        // 7–8. What the page may not look into is from where the others are.
        if range.is_some() {
            let origin = PartsOrigin::of(&response);
            if self.origin.as_ref().is_none_or(|known| *known == origin) {
                self.origin = Some(origin);
            } else if response.head.response_type == ResponseType::Opaque {
                return Err("its parts are of more than one origin".to_owned());
            } else {
                self.origin = Some(PartsOrigin::Multiple);
            }
        }
        self.end = range.and_then(|range| range.complete_length).or(self.end);
        Ok(Some(Part {
            body: response.body.unwrap_or_else(|| futures::stream::empty().boxed()),
            position: range.map_or(0, |range| range.first),
            is_range: range.is_some(),
        }))
    }
}

impl PartsOrigin {
    fn of(response: &Response) -> PartsOrigin {
        match response.internal_head().url_list.last() {
            Some(url) => PartsOrigin::Url(Origin::of(url)),
            None => PartsOrigin::Rewritten,
        }
    }
}

fn could_not_load(error: &dyn std::error::Error) -> String {
    format!("the resource could not be loaded: {error}")
}
