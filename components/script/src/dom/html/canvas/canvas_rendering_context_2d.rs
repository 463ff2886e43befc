//! The 2D rendering context, as far as it is about pixels:
//! <https://html.spec.whatwg.org/multipage/canvas.html#2dcontext>.

use super::bitmap::{Area, Bitmap, OutOfMemory};
use super::image_data::ImageData;
use crate::bindings::dictionaries::ImageDataSettings;
use crate::bindings::interfaces::CanvasRenderingContext2DMethods;
use crate::dom::html::elements::html_canvas_element::HTMLCanvasElement;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/canvas.html#canvasrenderingcontext2d>
#[dom_struct]
pub struct CanvasRenderingContext2D {
    reflector: Reflector,
    canvas: Dom<HTMLCanvasElement>,
    /// <https://html.spec.whatwg.org/multipage/canvas.html#dash-list>
    #[no_trace]
    dash_list: DomRefCell<Vec<f64>>,
}

/// What there is no memory for.
pub(super) fn too_large(_: OutOfMemory) -> Error {
    Error::Range("the image is too large".into())
}

impl CanvasRenderingContext2D {
    /// The context of a canvas.
    pub(in crate::dom::html) fn new(
        cx: &mut JSContext,
        canvas: &HTMLCanvasElement,
    ) -> DomRoot<CanvasRenderingContext2D> {
        let context = CanvasRenderingContext2D {
            reflector: Reflector::new(),
            canvas: Dom::from_ref(canvas),
            dash_list: DomRefCell::default(),
        };
        reflect_dom_object(cx, Box::new(context), &canvas.global())
    }

    /// <https://html.spec.whatwg.org/multipage/canvas.html#reset-the-rendering-context-to-its-default-state>, but for the
    /// bitmap.
    pub(in crate::dom::html) fn reset_state(&self) {
        self.dash_list.borrow_mut().clear();
    }

    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-context-2d-putimagedata-common>
    fn put(&self, image_data: &ImageData, [dx, dy]: [i32; 2], dirty: Area) -> Fallible<()> {
        // 1–2. The pixels.
        let Some(pixels) = image_data.pixels()? else {
            return Err(Error::InvalidState("the image's array has lost its buffer".into()));
        };
        // 3–8. Copy them.
        let canvas = self.canvas.as_rooted();
        let mut bitmap = canvas.bitmap().borrow_mut();
        bitmap.write(&pixels, image_data.size(), dirty, [dx.into(), dy.into()]).map_err(too_large)
    }
}

impl CanvasRenderingContext2DMethods for CanvasRenderingContext2D {
    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-context-2d-canvas>
    fn Canvas(&self, _cx: &mut JSContext) -> DomRoot<HTMLCanvasElement> {
        self.canvas.as_rooted()
    }

    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-context-2d-setlinedash>
    fn SetLineDash(&self, _cx: &mut JSContext, mut segments: Vec<f64>) -> Fallible<()> {
        // 1. What is no length is ignored.
        if segments.iter().any(|length| !length.is_finite() || *length < 0.0) {
            return Ok(());
        }
        // 2. An odd list is taken twice.
        if segments.len() % 2 == 1 {
            segments.extend_from_within(..);
        }
        // 3.
        *self.dash_list.borrow_mut() = segments;
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-context-2d-getlinedash>
    fn GetLineDash(&self, _cx: &mut JSContext) -> Fallible<Vec<f64>> {
        Ok(self.dash_list.borrow().clone())
    }

    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-context-2d-createimagedata>
    fn CreateImageData(
        &self,
        cx: &mut JSContext,
        sw: i32,
        sh: i32,
        settings: &ImageDataSettings,
    ) -> Fallible<DomRoot<ImageData>> {
        // 1. There has to be a pixel.
        if sw == 0 || sh == 0 {
            return Err(Error::IndexSize("an image has a width and a height".into()));
        }
        // 2–4.
        ImageData::new(cx, &self.global(), [sw.unsigned_abs(), sh.unsigned_abs()], settings)
    }

    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-context-2d-createimagedata-imagedata>
    fn CreateImageData_(&self, cx: &mut JSContext, image_data: &ImageData) -> Fallible<DomRoot<ImageData>> {
        // 1–3.
        ImageData::new(cx, &self.global(), image_data.size(), &image_data.settings())
    }

    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-context-2d-getimagedata>
    fn GetImageData(
        &self,
        cx: &mut JSContext,
        sx: i32,
        sy: i32,
        sw: i32,
        sh: i32,
        settings: &ImageDataSettings,
    ) -> Fallible<DomRoot<ImageData>> {
        // 1. There has to be a pixel.
        if sw == 0 || sh == 0 {
            return Err(Error::IndexSize("an image has a width and a height".into()));
        }
        // 2. Nothing from elsewhere is ever drawn here: the bitmap is origin-clean.
        // 3–5. An image of that size.
        let area = Area::from_signed([sx, sy, sw, sh]);
        let length = Bitmap::byte_length(area.width, area.height).ok_or(OutOfMemory).map_err(too_large)?;
        let image_data = ImageData::new(cx, &self.global(), [area.width, area.height], settings)?;
        // 6–7. The pixels.
        let mut pixels = vec![0; length];
        self.canvas.as_rooted().bitmap().borrow().read(area, &mut pixels);
        image_data.set_pixels(&pixels)?;
        // 8.
        Ok(image_data)
    }

    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-context-2d-putimagedata-short>
    fn PutImageData(&self, _cx: &mut JSContext, image_data: &ImageData, dx: i32, dy: i32) -> Fallible<()> {
        let [width, height] = image_data.size();
        self.put(image_data, [dx, dy], Area { x: 0, y: 0, width, height })
    }

    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-context-2d-putimagedata>
    fn PutImageData_(
        &self,
        _cx: &mut JSContext,
        image_data: &ImageData,
        dx: i32,
        dy: i32,
        dirty_x: i32,
        dirty_y: i32,
        dirty_width: i32,
        dirty_height: i32,
    ) -> Fallible<()> {
        let dirty = Area::from_signed([dirty_x, dirty_y, dirty_width, dirty_height]);
        self.put(image_data, [dx, dy], dirty)
    }
}
