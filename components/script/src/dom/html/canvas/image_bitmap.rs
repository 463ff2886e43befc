//! The ImageBitmap interface:
//! <https://html.spec.whatwg.org/multipage/imagebitmap-and-animations.html#imagebitmap>.

use std::sync::Arc;

use super::bitmap::{Area, Bitmap, OutOfMemory};
use super::canvas_rendering_context_2d::too_large;
use crate::bindings::interfaces::ImageBitmapMethods;
use crate::bindings::unions::HTMLCanvasElementOrImageBitmapOrBlobOrImageData as ImageBitmapSource;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/imagebitmap-and-animations.html#imagebitmap>
#[dom_struct]
pub struct ImageBitmap {
    reflector: Reflector,
    /// None once it is closed, or transferred.
    #[no_trace]
    bitmap: DomRefCell<Option<Arc<Bitmap>>>,
}

impl ImageBitmap {
    fn new(cx: &mut JSContext, global: &GlobalScope, bitmap: Arc<Bitmap>) -> DomRoot<ImageBitmap> {
        let image = ImageBitmap { reflector: Reflector::new(), bitmap: DomRefCell::new(Some(bitmap)) };
        reflect_dom_object(cx, Box::new(image), global)
    }

    fn size(&self) -> [u32; 2] {
        self.bitmap.borrow().as_ref().map_or([0, 0], |bitmap| bitmap.size())
    }

    fn detached() -> Error {
        Error::DataClone("the bitmap was closed, or transferred".into())
    }
}

/// [createImageBitmap()](https://html.spec.whatwg.org/multipage/imagebitmap-and-animations.html#dom-createimagebitmap):
/// `area` is what is to be cropped to, in the numbers of script.
pub(in crate::dom::html) fn create_image_bitmap(
    cx: &mut JSContext,
    global: &GlobalScope,
    source: ImageBitmapSource,
    area: Option<[i32; 4]>,
) -> Fallible<Promise> {
    // 1. A part has an extent.
    if area.is_some_and(|[_, _, width, height]| width == 0 || height == 0) {
        return Err(Error::Range("a part of an image has a width and a height".into()));
    }
    let bitmap = source_bitmap(&source)?;
    // 5–6. The whole, or a part.
    let [width, height] = bitmap.size();
    let area = area.map_or(Area { x: 0, y: 0, width, height }, Area::from_signed);
    let bitmap =
        bitmap.crop(area).map_err(|OutOfMemory| Error::InvalidState("the image is too large".into()))?;
    let image = ImageBitmap::new(cx, global, Arc::new(bitmap));
    Ok(Promise::resolved(cx, global, &image))
}

/// [Check the usability of the image argument](https://html.spec.whatwg.org/multipage/canvas.html#check-the-usability-of-the-image-argument),
/// and its bitmap.
fn source_bitmap(source: &ImageBitmapSource) -> Fallible<Bitmap> {
    let unusable = |message: &str| Error::InvalidState(message.into());
    match source {
        ImageBitmapSource::HTMLCanvasElement(canvas) => {
            let bitmap = canvas.bitmap().borrow();
            if bitmap.size().contains(&0) {
                return Err(unusable("the canvas has no pixels"));
            }
            Ok(bitmap.clone())
        }
        ImageBitmapSource::ImageBitmap(image) => match &*image.bitmap.borrow() {
            Some(bitmap) => Ok((**bitmap).clone()),
            None => Err(unusable("the bitmap was closed, or transferred")),
        },
        ImageBitmapSource::ImageData(image_data) => {
            let [width, height] = image_data.size();
            let pixels =
                image_data.pixels()?.ok_or_else(|| unusable("the image's array has lost its buffer"))?;
            let mut bitmap = Bitmap::new([width, height]);
            bitmap
                .write(&pixels, [width, height], Area { x: 0, y: 0, width, height }, [0, 0])
                .map_err(too_large)?;
            Ok(bitmap)
        }
        // There is no image format that this user agent can decode.
        ImageBitmapSource::Blob(_) => Err(unusable("the blob is not an image of a supported format")),
    }
}

impl ImageBitmapMethods for ImageBitmap {
    /// <https://html.spec.whatwg.org/multipage/imagebitmap-and-animations.html#dom-imagebitmap-width>
    fn Width(&self) -> u32 {
        self.size()[0]
    }

    /// <https://html.spec.whatwg.org/multipage/imagebitmap-and-animations.html#dom-imagebitmap-height>
    fn Height(&self) -> u32 {
        self.size()[1]
    }

    /// <https://html.spec.whatwg.org/multipage/imagebitmap-and-animations.html#dom-imagebitmap-close>
    fn Close(&self, _cx: &mut JSContext) -> Fallible<()> {
        self.bitmap.set(None);
        Ok(())
    }
}

/// The bitmap of an ImageBitmap.
struct BitmapData(Arc<Bitmap>);

impl Serializable for ImageBitmap {
    /// <https://html.spec.whatwg.org/multipage/imagebitmap-and-animations.html#the-imagebitmap-interface:serialization-steps>
    fn serialize(&self) -> Fallible<Box<dyn SerializedObject>> {
        // 1–2. (All bitmaps are origin-clean.)
        match &*self.bitmap.borrow() {
            Some(bitmap) => Ok(Box::new(BitmapData(bitmap.clone()))),
            None => Err(ImageBitmap::detached()),
        }
    }
}

impl SerializedObject for BitmapData {
    fn deserialize(&self, cx: &mut JSContext, global: &GlobalScope) -> Fallible<RootedObject> {
        Ok(ImageBitmap::new(cx, global, self.0.clone()).reflector().get_jsobject().into())
    }
}

impl Transferable for ImageBitmap {
    fn can_transfer(&self) -> bool {
        self.bitmap.borrow().is_some()
    }

    /// <https://html.spec.whatwg.org/multipage/imagebitmap-and-animations.html#the-imagebitmap-interface:transfer-steps>
    fn transfer(&self, _cx: &mut JSContext) -> Fallible<Box<dyn TransferDataHolder>> {
        let bitmap = self.bitmap.borrow_mut().take();
        Ok(Box::new(BitmapData(bitmap.ok_or_else(ImageBitmap::detached)?)))
    }
}

impl TransferDataHolder for BitmapData {
    fn receive(self: Box<Self>, cx: &mut JSContext, global: &GlobalScope) -> Fallible<RootedObject> {
        Ok(ImageBitmap::new(cx, global, self.0).reflector().get_jsobject().into())
    }
}
