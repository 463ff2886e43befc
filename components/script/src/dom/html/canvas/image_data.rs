//! The ImageData interface: <https://html.spec.whatwg.org/multipage/canvas.html#pixel-manipulation>.

use crate::bindings::dictionaries::ImageDataSettings;
use crate::bindings::enums::{ImageDataPixelFormat, PredefinedColorSpace};
use crate::bindings::interfaces::ImageDataMethods;
use crate::bindings::unions::Uint8ClampedArrayOrFloat16Array as ImageDataArray;
use crate::dom::streams::array_buffers::{allocate_array_buffer, construct_view};
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/imagebitmap-and-animations.html#imagedata>
#[dom_struct]
pub struct ImageData {
    reflector: Reflector,
    width: u32,
    height: u32,
    /// A typed array of the pixel format's kind.
    data: HeapObject,
    #[no_trace]
    pixel_format: ImageDataPixelFormat,
    #[no_trace]
    color_space: PredefinedColorSpace,
}

/// The kind of array, and the bytes of a pixel in it.
const fn layout(pixel_format: ImageDataPixelFormat) -> (BufferKind, u64) {
    match pixel_format {
        ImageDataPixelFormat::RgbaUnorm8 => (BufferKind::Uint8ClampedArray, 4),
        ImageDataPixelFormat::RgbaFloat16 => (BufferKind::Float16Array, 8),
    }
}

/// An array of the pixels of so many columns and rows, all transparent black.
fn new_array(
    cx: &mut JSContext,
    pixel_format: ImageDataPixelFormat,
    width: u32,
    height: u32,
) -> Fallible<BufferSource> {
    let (kind, bytes_per_pixel) = layout(pixel_format);
    let too_large = || Error::Range("the image would be too large".into());
    let length =
        u64::from(width).checked_mul(u64::from(height)).and_then(|it| it.checked_mul(bytes_per_pixel));
    let length = length.ok_or_else(too_large)?;
    let buffer = allocate_array_buffer(cx, length)?;
    let elements = length / if kind == BufferKind::Float16Array { 2 } else { 1 };
    construct_view(cx, kind, buffer.handle(), 0, usize::try_from(elements).map_err(|_| too_large())?)
}

impl ImageData {
    /// An image of that size, all transparent black.
    pub(super) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        size: [u32; 2],
        settings: &ImageDataSettings,
    ) -> Fallible<DomRoot<ImageData>> {
        ImageData::initialize(cx, global, None, size, settings, None)
    }

    /// Width and height.
    pub(super) fn size(&self) -> [u32; 2] {
        [self.width, self.height]
    }

    /// What an image like this one is made with.
    pub(super) fn settings(&self) -> ImageDataSettings {
        ImageDataSettings { color_space: Some(self.color_space), pixel_format: self.pixel_format }
    }

    /// The bytes; None where the array has lost its buffer, or part of it.
    fn bytes(&self) -> Option<Vec<u8>> {
        let length = u64::from(self.width) * u64::from(self.height) * layout(self.pixel_format).1;
        let bytes = BufferSource::from_object(self.data.handle())?.to_vec();
        (bytes.len() as u64 == length).then_some(bytes)
    }

    /// FIXME(spec): other formats and color spaces are to be converted.
    fn check_format(&self) -> Fallible<()> {
        if self.pixel_format == ImageDataPixelFormat::RgbaUnorm8
            && self.color_space == PredefinedColorSpace::Srgb
        {
            Ok(())
        } else {
            Err(Error::NotSupported("only pixels of the format rgba-unorm8 in srgb can be drawn".into()))
        }
    }

    /// The pixels, as bitmaps have them; None where the array has lost its buffer, or part of it.
    pub(super) fn pixels(&self) -> Fallible<Option<Vec<u8>>> {
        self.check_format()?;
        Ok(self.bytes())
    }

    /// Sets the pixels.
    pub(super) fn set_pixels(&self, pixels: &[u8]) -> Fallible<()> {
        self.check_format()?;
        if let Some(data) = BufferSource::from_object(self.data.handle()) {
            data.write(0, pixels);
        }
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/canvas.html#initialize-an-imagedata-object>
    fn initialize(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        [width, height]: [u32; 2],
        settings: &ImageDataSettings,
        source: Option<BufferSource>,
    ) -> Fallible<DomRoot<ImageData>> {
        let pixel_format = settings.pixel_format;
        // 1–2. The array.
        let data = match source {
            Some(source) if source.kind() != layout(pixel_format).0 => {
                return Err(Error::InvalidState("the array is not of the pixel format's kind".into()));
            }
            Some(source) => source,
            None => new_array(cx, pixel_format, width, height)?,
        };
        // 3–7.
        let image_data = ImageData {
            reflector: Reflector::new(),
            width,
            height,
            data: HeapObject::new(data.object()),
            pixel_format,
            color_space: settings.color_space.unwrap_or(PredefinedColorSpace::Srgb),
        };
        Ok(reflect_dom_object_with_proto(cx, Box::new(image_data), global, proto))
    }
}

impl ImageDataMethods for ImageData {
    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-imagedata>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        sw: u32,
        sh: u32,
        settings: &ImageDataSettings,
    ) -> Fallible<DomRoot<ImageData>> {
        // 1. There has to be a pixel.
        if sw == 0 || sh == 0 {
            return Err(Error::IndexSize("an image has a width and a height".into()));
        }
        // 2–3.
        ImageData::initialize(cx, global, proto, [sw, sh], settings, None)
    }

    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-imagedata-with-data>
    fn Constructor_(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        data: ImageDataArray,
        sw: u32,
        sh: Option<u32>,
        settings: &ImageDataSettings,
    ) -> Fallible<DomRoot<ImageData>> {
        let (ImageDataArray::Uint8ClampedArray(data) | ImageDataArray::Float16Array(data)) = data;
        // 1–4. How many pixels.
        let bytes_per_pixel = layout(settings.pixel_format).1;
        let length = data.byte_length() as u64;
        if length == 0 || !length.is_multiple_of(bytes_per_pixel) {
            let message = format!("the length of the array is not a multiple of {bytes_per_pixel} bytes");
            return Err(Error::InvalidState(message));
        }
        let pixels = length / bytes_per_pixel;
        // 5–7. Whole rows, and as many as were said.
        let height = match pixels.checked_rem(u64::from(sw)) {
            Some(0) => u32::try_from(pixels / u64::from(sw)).ok(),
            _ => None,
        };
        match height {
            Some(height) if sh.is_none_or(|sh| sh == height) => {
                // 8.
                ImageData::initialize(cx, global, proto, [sw, height], settings, Some(data))
            }
            _ => Err(Error::IndexSize("the array has not that many pixels in rows of that width".into())),
        }
    }

    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-imagedata-width>
    fn Width(&self) -> u32 {
        self.width
    }

    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-imagedata-height>
    fn Height(&self) -> u32 {
        self.height
    }

    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-imagedata-data>
    fn Data(&self, _cx: &mut JSContext) -> ImageDataArray {
        let data = BufferSource::from_object(self.data.handle());
        let data = data.expect("the constructors take arrays alone");
        match self.pixel_format {
            ImageDataPixelFormat::RgbaUnorm8 => ImageDataArray::Uint8ClampedArray(data),
            ImageDataPixelFormat::RgbaFloat16 => ImageDataArray::Float16Array(data),
        }
    }

    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-imagedata-pixelformat>
    fn PixelFormat(&self) -> ImageDataPixelFormat {
        self.pixel_format
    }

    /// <https://html.spec.whatwg.org/multipage/canvas.html#dom-imagedata-colorspace>
    fn ColorSpace(&self) -> PredefinedColorSpace {
        self.color_space
    }
}

/// The state of an ImageData.
struct SerializedImageData {
    bytes: Vec<u8>,
    width: u32,
    height: u32,
    pixel_format: ImageDataPixelFormat,
    color_space: PredefinedColorSpace,
}

impl Serializable for ImageData {
    /// <https://html.spec.whatwg.org/multipage/canvas.html#imagedata:serialization-steps>
    //
    // FIXME(spec): an array that is also elsewhere in the message is another one there.
    fn serialize(&self) -> Fallible<Box<dyn SerializedObject>> {
        match self.bytes() {
            Some(bytes) => Ok(Box::new(SerializedImageData {
                bytes,
                width: self.width,
                height: self.height,
                pixel_format: self.pixel_format,
                color_space: self.color_space,
            })),
            // The buffer was transferred, or is shorter now.
            None => Err(Error::DataClone("the image's array has lost its buffer".into())),
        }
    }
}

impl SerializedObject for SerializedImageData {
    fn deserialize(&self, cx: &mut JSContext, global: &GlobalScope) -> Fallible<RootedObject> {
        let settings =
            ImageDataSettings { color_space: Some(self.color_space), pixel_format: self.pixel_format };
        let data = new_array(cx, self.pixel_format, self.width, self.height)?;
        data.write(0, &self.bytes);
        let size = [self.width, self.height];
        let image_data = ImageData::initialize(cx, global, None, size, &settings, Some(data))?;
        Ok(image_data.reflector().get_jsobject().into())
    }
}
