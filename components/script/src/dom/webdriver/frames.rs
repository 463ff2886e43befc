//! Frames, as a driver names and finds them: <https://w3c.github.io/webdriver/#switch-to-frame>.

use crate::automation::{CommandError, ErrorCode, FrameTarget};
use crate::dom::html::elements::html_iframe_element::HTMLIFrameElement;
use crate::dom::html::window::Window;
use crate::dom::html::window_proxy::WindowProxy;
use crate::runtime::agent::Agent;
use crate::webidl::*;

/// The frames of an agent that a driver has names for.
#[derive(Default, JSTraceable)]
pub(crate) struct FrameReferences(DomRefCell<Vec<WeakDom<WindowProxy>>>);

/// The name of a frame: `f.AGENT.INDEX`. It is never given twice in a process.
pub(super) fn reference_to(frame: &WindowProxy) -> String {
    let agent = Agent::of_this_thread();
    let mut known = agent.frame_references().0.borrow_mut();
    let is_it = |known: &WeakDom<WindowProxy>| known.root().is_some_and(|known| *known == *frame);
    let index = known.iter().position(is_it).unwrap_or_else(|| {
        known.push(WeakDom::new(frame));
        known.len() - 1
    });
    format!("f.{}.{index}", agent.info().id.0)
}

/// The frame of that name, if it is [open](https://w3c.github.io/webdriver/#dfn-no-longer-open).
pub(super) fn known_frame(name: &str) -> Result<DomRoot<WindowProxy>, CommandError> {
    let agent = Agent::of_this_thread();
    let index = name.strip_prefix(&format!("f.{}.", agent.info().id.0)).and_then(|index| index.parse().ok());
    let known = index.and_then(|index: usize| agent.frame_references().0.borrow().get(index)?.root());
    // One in a document that is gone is gone, too.
    let is_open = |frame: &DomRoot<WindowProxy>| frame.document().is_fully_active();
    known
        .filter(is_open)
        .ok_or_else(|| CommandError::new(ErrorCode::NoSuchWindow, "the frame is not there any more"))
}

/// A frame in a window's document.
pub(super) fn find(window: &Window, target: FrameTarget) -> Result<DomRoot<WindowProxy>, CommandError> {
    let none = |what: String| CommandError::new(ErrorCode::NoSuchFrame, what);
    match target {
        FrameTarget::Index(index) => {
            let frame = window.window_proxy().children().into_iter().nth(index);
            frame.ok_or_else(|| none(format!("the document has no frame {index}")))
        }
        FrameTarget::Element(name) => {
            let element = window.known_element(&name)?;
            let frame =
                element.downcast::<HTMLIFrameElement>().and_then(HTMLIFrameElement::content_navigable);
            frame.ok_or_else(|| none(format!("the element `{name}` is no frame")))
        }
    }
}
