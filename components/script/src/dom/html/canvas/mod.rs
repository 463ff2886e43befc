//! What of canvases is data: <https://html.spec.whatwg.org/multipage/canvas.html>.

pub(super) mod bitmap;
pub(crate) mod canvas_rendering_context_2d;
pub(crate) mod image_bitmap;
pub(crate) mod image_data;
