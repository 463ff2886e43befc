//! <https://html.spec.whatwg.org/multipage/images.html#update-the-image-data>

use fetch::http_extensions::content_type::extract_mime_type;
use fetch::{Destination, Initiator, NetworkError, Response, Url};
use futures::TryStreamExt;
use futures::future::{AbortHandle, Abortable};
use html5ever::local_name;
use imagesize::{Compression, ImageType};

use super::html_image_element::HTMLImageElement;
use super::source_set::select_an_image_source;
use crate::bindings::interfaces::HTMLImageElementMethods;
use crate::dom::html::console_message;
use crate::dom::nodes::element::Element;
use crate::dom::nodes::node::Node;
use crate::dom::performance_timeline::start_fetch;
use crate::dom::streams::promises::queue_a_microtask;
use crate::embedder::ConsoleLevel;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// What an image is and how large is within so many of its first bytes.
const HEADER_LENGTH: usize = 256 * 1024;

/// An [image request](https://html.spec.whatwg.org/multipage/images.html#image-request), as far as it is one that is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ImageRequest {
    pub(super) state: ImageState,
    pub(super) current_url: String,
}

/// The [state](https://html.spec.whatwg.org/multipage/images.html#img-req-state) of one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum ImageState {
    /// Nothing of it is there. (Part of one is nothing to an engine that shows none.)
    #[default]
    Unavailable,
    /// All of it is there; its size in CSS pixels, if it has one.
    CompletelyAvailable(Option<(u32, u32)>),
    /// There is nothing, or nothing that is an image.
    Broken,
}

impl HTMLImageElement {
    /// <https://html.spec.whatwg.org/multipage/images.html#update-the-image-data>
    // FIXME(spec): the list of available images, and `picture`.
    pub(super) fn update_the_image_data(&self, cx: &mut JSContext) {
        // 1. Not in a document that nobody is shown.
        if !self.upcast::<Node>().node_document().is_fully_active() {
            return;
        }
        // 9–10. Once the script that is running has done what it is about to do, unless it is done once more.
        let update = self.update.get() + 1;
        self.update.set(update);
        self.is_to_be_updated.set(true);
        self.delay_load();
        let captures = Update { element: Dom::from_ref(self), update };
        queue_a_microtask(cx, &self.global(), captures, |_cx, captures| {
            let element = captures.element.as_rooted();
            if element.update.get() == captures.update {
                element.update_now();
            }
        });
    }

    /// The same, from step 11 on.
    fn update_now(&self) {
        self.is_to_be_updated.set(false);
        let element: &Element = self.upcast();
        let src = element.attribute_without_namespace(&local_name!("src"));
        let srcset = element.attribute_without_namespace(&local_name!("srcset"));
        // 11. Which one.
        let selected = select_an_image_source(srcset.as_deref().unwrap_or_default(), src.as_deref());
        // 12. None.
        let Some((source, density)) = selected else {
            self.abort_requests();
            self.current.set(ImageRequest::default());
            let tells = src.is_some() || srcset.is_some();
            return self.queue_task(move |cx, this| {
                if tells {
                    return this.tell(cx, "error");
                }
                this.settle_decodes(cx);
                let delay = this.load_delay.take();
                if let Some(delay) = delay {
                    delay.end(cx);
                }
            });
        };
        let url = match self.upcast::<Node>().node_document().parse_url(&source) {
            Ok(url) => url,
            // 13. It is no URL.
            Err(error) => {
                self.abort_requests();
                let message = format!("{source:?} is no URL of an image: {error}");
                console_message(&self.global(), ConsoleLevel::Warn, message);
                self.current.set(ImageRequest { state: ImageState::Broken, current_url: source });
                return self.queue_task(|cx, this| this.tell(cx, "error"));
            }
        };
        // 14. It is on its way.
        if self.pending.borrow().as_ref().is_some_and(|pending| *pending == url) {
            return;
        }
        // 16. What was on its way isn't any more.
        self.abort_requests();
        // 17–18. One that is there stays until the other one is.
        if !matches!(self.current.borrow().state, ImageState::CompletelyAvailable(_)) {
            let current_url = url.as_str().to_owned();
            self.current.set(ImageRequest { state: ImageState::Unavailable, current_url });
        }
        let initiator = if srcset.is_some() { Initiator::ImageSet } else { Initiator::None };
        self.fetch_image(url, density, initiator);
    }

    /// The same, from step 19 on.
    fn fetch_image(&self, url: Url, density: f64, initiator: Initiator) {
        let global = self.global();
        *self.pending.borrow_mut() = Some(url.clone());
        // 19–22. The request.
        let mut request =
            self.html_element().create_a_potential_cors_request(url.clone(), Destination::Image);
        request.initiator = initiator;
        request.referrer_policy = self.ReferrerPolicy().parse().unwrap_or_default();
        // 26. Fetch it.
        let (this, tasks) = (Trusted::new(self), global.task_sender());
        let id = self.fetch.get() + 1;
        self.fetch.set(id);
        let fetching = start_fetch(&global, request, "img");
        let (abort, registration) = AbortHandle::new_pair();
        *self.fetching.borrow_mut() = Some(abort);
        global.spawn(async move {
            // Where it was aborted, nobody wants to know.
            let Ok(outcome) = Abortable::new(load(fetching), registration).await else { return };
            tasks.post(
                TaskSource::DomManipulation,
                Box::new(move |cx, _global| {
                    let this = this.root();
                    // Another one may be on its way by now.
                    if this.fetch.get() == id && this.pending.borrow().is_some() {
                        this.is_loaded(cx, &url, density, outcome);
                    }
                }),
            );
        });
    }

    /// All of it is there, or won't be.
    fn is_loaded(
        &self,
        cx: &mut JSContext,
        url: &Url,
        density: f64,
        outcome: Result<Option<(u32, u32)>, String>,
    ) {
        self.abort_requests();
        let (state, event) = match outcome {
            Ok(size) => {
                let size = size
                    .map(|(width, height)| (in_css_pixels(width, density), in_css_pixels(height, density)));
                (ImageState::CompletelyAvailable(size), "load")
            }
            Err(message) => {
                console_message(&self.global(), ConsoleLevel::Warn, format!("the image {url}: {message}"));
                (ImageState::Broken, "error")
            }
        };
        self.current.set(ImageRequest { state, current_url: url.as_str().to_owned() });
        self.tell(cx, event);
    }

    fn tell(&self, cx: &mut JSContext, event: &str) {
        self.settle_decodes(cx);
        // A listener may ask for another image: that delays `load` once more.
        let delay = self.load_delay.take();
        self.upcast::<EventTarget>().fire_event(cx, event);
        if let Some(delay) = delay {
            delay.end(cx);
        }
    }

    /// <https://html.spec.whatwg.org/multipage/images.html#abort-the-image-request>
    fn abort_requests(&self) {
        self.pending.borrow_mut().take();
        if let Some(fetching) = self.fetching.take() {
            fetching.abort();
        }
    }

    /// Queues a task, unless the image is updated once more before it runs.
    fn queue_task(&self, steps: impl FnOnce(&mut JSContext, &HTMLImageElement) + Send + 'static) {
        let (this, update) = (Trusted::new(self), self.update.get());
        self.global().task_sender().post(
            TaskSource::DomManipulation,
            Box::new(move |cx, _global| {
                let this = this.root();
                if this.update.get() == update {
                    steps(cx, &this);
                }
            }),
        );
    }

    fn delay_load(&self) {
        let mut delay = self.load_delay.borrow_mut();
        if delay.is_none() {
            *delay = Some(self.upcast::<Node>().node_document().delay_load_event());
        }
    }
}

/// An image that is about to be updated.
#[derive(JSTraceable)]
struct Update {
    element: Dom<HTMLImageElement>,
    update: u64,
}

fn in_css_pixels(pixels: u32, density: f64) -> u32 {
    if density > 0.0 { (f64::from(pixels) / density).round() as u32 } else { pixels }
}

/// Reads an image to its end; its size in its own pixels, if it has one.
async fn load(
    fetching: impl Future<Output = Result<Response, NetworkError>>,
) -> Result<Option<(u32, u32)>, String> {
    let response = fetching.await.map_err(|error| error.to_string())?;
    let mime_type = extract_mime_type(&response.internal_head().headers);
    let mut header = Vec::new();
    if let Some(mut body) = response.body {
        while let Some(chunk) = body.try_next().await.map_err(|error| error.to_string())? {
            let wanted = HEADER_LENGTH.saturating_sub(header.len()).min(chunk.len());
            header.extend_from_slice(&chunk[..wanted]);
        }
    }
    // <https://mimesniff.spec.whatwg.org/#sniffing-in-an-image-context>: what is XML is what it says it is.
    if mime_type.as_ref().is_some_and(|mime_type| mime_type.essence() == "image/svg+xml") {
        return Ok(None);
    }
    size_of(&header).map(Some).ok_or_else(|| "it is of no format that is shown".to_owned())
}

/// The size in pixels of an image of a format that browsers show. What is of none tells nothing of what is in it.
fn size_of(header: &[u8]) -> Option<(u32, u32)> {
    let is_shown = match imagesize::image_type(header).ok()? {
        // Two letters are a little: the length of its header has to be one that there is.
        ImageType::Bmp => {
            let length = header.get(14..18).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
            length.is_some_and(|length| matches!(length, 12 | 40 | 52 | 56 | 64 | 108 | 124))
        }
        ImageType::Heif(compression) => matches!(compression, Compression::Av1),
        _ => true,
    };
    let size = is_shown.then(|| imagesize::blob_size(header).ok()).flatten()?;
    let dimension = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX);
    Some((dimension(size.width), dimension(size.height)))
}

#[cfg(test)]
mod tests {
    use super::size_of;

    #[test]
    fn what_is_no_image_tells_nothing() {
        let mut bitmap = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x10\0\0\0\x09\0\0\0\x01\0\x18\0".to_vec();
        bitmap.resize(64, 0);
        assert_eq!(size_of(&bitmap), Some((16, 9)));
        bitmap[14] = 41;
        assert_eq!(size_of(&bitmap), None);
        for text in
            [&b"P6 300 200 255\n"[..], b"4\0\0\0abcdefgh", b"BMW is a car, and this a text about it.", b"{}"]
        {
            assert_eq!(size_of(text), None, "{text:?}");
        }
    }
}
