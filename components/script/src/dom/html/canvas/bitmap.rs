//! Bitmaps: <https://html.spec.whatwg.org/multipage/canvas.html#concept-canvas-bitmap>.

/// Pixels of eight bits for each of red, green, blue and alpha, not premultiplied, in the color space "srgb".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::dom::html) struct Bitmap {
    size: [u32; 2],
    /// Row by row. Empty for as long as all pixels are transparent black.
    pixels: Vec<u8>,
}

const BYTES_PER_PIXEL: usize = 4;

/// How many pixels a bitmap may have, so that one call can't take all memory: as many as in other engines.
const LARGEST_AREA: u64 = 1 << 28;

/// A rectangle of pixels. It may be outside of any bitmap.
#[derive(Clone, Copy, Debug)]
pub(in crate::dom::html) struct Area {
    /// From the left.
    pub(in crate::dom::html) x: i64,
    /// From the top.
    pub(in crate::dom::html) y: i64,
    /// To the right.
    pub(in crate::dom::html) width: u32,
    /// Down.
    pub(in crate::dom::html) height: u32,
}

impl Area {
    /// From the numbers that script gives, where a negative extent is to the left, or up.
    pub(in crate::dom::html) fn from_signed([x, y, width, height]: [i32; 4]) -> Area {
        let corner = |start: i32, extent: i32| i64::from(start) + i64::from(extent.min(0));
        Area {
            x: corner(x, width),
            y: corner(y, height),
            width: width.unsigned_abs(),
            height: height.unsigned_abs(),
        }
    }
}

/// The part of `start..start + length` that is in `0..limit`.
fn clip(start: i64, length: u32, limit: u32) -> std::ops::Range<i64> {
    start.max(0)..(start.saturating_add(i64::from(length))).min(i64::from(limit))
}

/// Of a number that is known to be in a bitmap.
fn place(number: i64) -> usize {
    usize::try_from(number).unwrap_or(0)
}

impl Bitmap {
    /// All of it transparent black.
    pub(in crate::dom::html) fn new(size: [u32; 2]) -> Bitmap {
        Bitmap { size, pixels: Vec::new() }
    }

    /// Width and height.
    pub(in crate::dom::html) fn size(&self) -> [u32; 2] {
        self.size
    }

    /// The number of bytes that an area has; None where it has more than [`LARGEST_AREA`].
    pub(in crate::dom::html) fn byte_length(width: u32, height: u32) -> Option<usize> {
        let area = u64::from(width) * u64::from(height);
        let area = usize::try_from(area).ok().filter(|_| area <= LARGEST_AREA)?;
        area.checked_mul(BYTES_PER_PIXEL)
    }

    fn offset(&self, x: i64, y: i64) -> usize {
        (place(y) * place(i64::from(self.size[0])) + place(x)) * BYTES_PER_PIXEL
    }

    /// The pixels of an area, into `bytes`, which are zero, row by row. What is not in the bitmap stays transparent
    /// black.
    pub(in crate::dom::html) fn read(&self, area: Area, bytes: &mut [u8]) {
        if self.pixels.is_empty() {
            return;
        }
        let (columns, rows) =
            (clip(area.x, area.width, self.size[0]), clip(area.y, area.height, self.size[1]));
        if columns.is_empty() {
            return;
        }
        let length = place(columns.end - columns.start) * BYTES_PER_PIXEL;
        let stride = place(i64::from(area.width)) * BYTES_PER_PIXEL;
        for row in rows {
            let to = place(row - area.y) * stride + place(columns.start - area.x) * BYTES_PER_PIXEL;
            let from = self.offset(columns.start, row);
            bytes[to..to + length].copy_from_slice(&self.pixels[from..from + length]);
        }
    }

    /// Writes those of `source`'s pixels that are in `area`, with `source`'s corner at (x, y). Fails where there is no
    /// memory for the bitmap.
    pub(in crate::dom::html) fn write(
        &mut self,
        source: &[u8],
        source_size: [u32; 2],
        area: Area,
        [x, y]: [i64; 2],
    ) -> Result<(), OutOfMemory> {
        // What is in the source, then what of that is in the bitmap.
        let (columns, rows) =
            (clip(area.x, area.width, source_size[0]), clip(area.y, area.height, source_size[1]));
        let limit = |range: std::ops::Range<i64>, shift: i64, limit: u32| {
            range.start.max(-shift)..range.end.min(i64::from(limit).saturating_sub(shift))
        };
        let (columns, rows) = (limit(columns, x, self.size[0]), limit(rows, y, self.size[1]));
        if columns.is_empty() || rows.is_empty() {
            return Ok(());
        }
        if self.pixels.is_empty() {
            let length = Bitmap::byte_length(self.size[0], self.size[1]).ok_or(OutOfMemory)?;
            self.pixels.try_reserve_exact(length).map_err(|_| OutOfMemory)?;
            self.pixels.resize(length, 0);
        }
        let length = place(columns.end - columns.start) * BYTES_PER_PIXEL;
        let stride = place(i64::from(source_size[0])) * BYTES_PER_PIXEL;
        for row in rows {
            let from = place(row) * stride + place(columns.start) * BYTES_PER_PIXEL;
            let to = self.offset(columns.start + x, row + y);
            self.pixels[to..to + length].copy_from_slice(&source[from..from + length]);
        }
        Ok(())
    }

    /// A part of it as a bitmap of its own.
    pub(in crate::dom::html) fn crop(&self, area: Area) -> Result<Bitmap, OutOfMemory> {
        let mut cropped = Bitmap::new([area.width, area.height]);
        if !self.pixels.is_empty() {
            let length = Bitmap::byte_length(area.width, area.height).ok_or(OutOfMemory)?;
            cropped.pixels.try_reserve_exact(length).map_err(|_| OutOfMemory)?;
            cropped.pixels.resize(length, 0);
            self.read(area, &mut cropped.pixels);
        }
        Ok(cropped)
    }
}

/// There is no memory for the pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::dom::html) struct OutOfMemory;

#[cfg(test)]
mod tests {
    use super::*;

    fn area(x: i32, y: i32, width: i32, height: i32) -> Area {
        Area::from_signed([x, y, width, height])
    }

    fn reds(bitmap: &Bitmap, area: Area) -> Vec<u8> {
        let mut bytes = vec![0; Bitmap::byte_length(area.width, area.height).unwrap()];
        bitmap.read(area, &mut bytes);
        bytes.iter().step_by(4).copied().collect()
    }

    /// Two by two pixels: 1 2 3 4.
    fn source() -> Vec<u8> {
        (1..=4).flat_map(|red| [red, 0, 0, 255]).collect()
    }

    #[test]
    fn what_is_outside_is_neither_read_nor_written() {
        let mut bitmap = Bitmap::new([2, 2]);
        assert_eq!(reds(&bitmap, area(0, 0, 2, 2)), [0; 4]);
        bitmap.write(&source(), [2, 2], area(0, 0, 2, 2), [1, 1]).unwrap();
        assert_eq!(reds(&bitmap, area(0, 0, 2, 2)), [0, 0, 0, 1]);
        bitmap.write(&source(), [2, 2], area(0, 0, 2, 2), [-1, -1]).unwrap();
        assert_eq!(reds(&bitmap, area(0, 0, 2, 2)), [4, 0, 0, 1]);
        assert_eq!(reds(&bitmap, area(-1, -1, 2, 2)), [0, 0, 0, 4]);
        assert_eq!(reds(&bitmap, area(2, 2, -1, -1)), [1]);
        assert_eq!(reds(&bitmap, area(i32::MAX, i32::MIN, 1, 1)), [0]);
        bitmap
            .write(&source(), [2, 2], area(0, 0, 2, 2), [i64::from(i32::MAX), i64::from(i32::MIN)])
            .unwrap();
    }

    #[test]
    fn only_the_dirty_part_is_written() {
        let mut bitmap = Bitmap::new([2, 2]);
        bitmap.write(&source(), [2, 2], area(1, 0, 5, 1), [0, 0]).unwrap();
        assert_eq!(reds(&bitmap, area(0, 0, 2, 2)), [0, 2, 0, 0]);
        let cropped = bitmap.crop(area(1, 0, 1, 2)).unwrap();
        assert_eq!((cropped.size(), reds(&cropped, area(0, 0, 1, 2))), ([1, 2], vec![2, 0]));
    }
}
