//! <https://html.spec.whatwg.org/multipage/canvas.html#the-canvas-element>

use html5ever::{QualName, local_name};

use super::html_element::HTMLElement;
use crate::bindings::interfaces::HTMLCanvasElementMethods;
use crate::dom::html::canvas::bitmap::Bitmap;
use crate::dom::html::canvas::canvas_rendering_context_2d::CanvasRenderingContext2D;
use crate::dom::nodes::document::Document;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/canvas.html#htmlcanvaselement>
#[dom_struct]
pub struct HTMLCanvasElement {
    html_element: HTMLElement,
    /// The [context mode](https://html.spec.whatwg.org/multipage/canvas.html#concept-canvas-context-mode): none, or
    /// "2d".
    context: MutNullableDom<CanvasRenderingContext2D>,
    #[no_trace]
    bitmap: DomRefCell<Bitmap>,
}

/// The [bitmap's size](https://html.spec.whatwg.org/multipage/canvas.html#obtain-numeric-values) without attributes.
const DEFAULT_SIZE: [u32; 2] = [300, 150];

impl HTMLCanvasElement {
    /// Only fields.
    pub(super) fn new_inherited(name: QualName, document: &Document) -> HTMLCanvasElement {
        HTMLCanvasElement {
            html_element: HTMLElement::new_inherited(name, document),
            context: MutNullableDom::default(),
            bitmap: DomRefCell::new(Bitmap::new(DEFAULT_SIZE)),
        }
    }

    /// What the canvas shows.
    pub(in crate::dom::html) fn bitmap(&self) -> &DomRefCell<Bitmap> {
        // (The parser gives an element its attributes before it counts as changed.)
        if self.bitmap.borrow().size() != [self.Width(), self.Height()] {
            self.renew_bitmap();
        }
        &self.bitmap
    }

    /// An attribute was set, to whatever value: the context starts anew, the bitmap is cleared and has its size from now on
    /// (<https://html.spec.whatwg.org/multipage/canvas.html#the-canvas-element:attr-canvas-width-6>).
    pub(in crate::dom::html) fn size_changed(&self) {
        if let Some(context) = self.context.get() {
            context.reset_state();
        }
        self.renew_bitmap();
    }

    fn renew_bitmap(&self) {
        self.bitmap.set(Bitmap::new([self.Width(), self.Height()]));
    }
}

impl HTMLCanvasElementMethods for HTMLCanvasElement {
    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-canvas-width>
    fn Width(&self) -> u32 {
        self.html_element.reflected_unsigned(&local_name!("width"), DEFAULT_SIZE[0])
    }

    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-canvas-width>
    fn SetWidth(&self, cx: &mut JSContext, width: u32) -> Fallible<()> {
        self.html_element.reflect_unsigned(cx, local_name!("width"), width, DEFAULT_SIZE[0])
    }

    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-canvas-height>
    fn Height(&self) -> u32 {
        self.html_element.reflected_unsigned(&local_name!("height"), DEFAULT_SIZE[1])
    }

    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-canvas-height>
    fn SetHeight(&self, cx: &mut JSContext, height: u32) -> Fallible<()> {
        self.html_element.reflect_unsigned(cx, local_name!("height"), height, DEFAULT_SIZE[1])
    }

    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-canvas-getcontext>
    fn GetContext(
        &self,
        cx: &mut JSContext,
        context_id: DOMString,
    ) -> Fallible<Option<DomRoot<CanvasRenderingContext2D>>> {
        // 3. Other contexts there are none.
        Ok((context_id == *"2d").then(|| self.context.or_init(|| CanvasRenderingContext2D::new(cx, self))))
    }
}
