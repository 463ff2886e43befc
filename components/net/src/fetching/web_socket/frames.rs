//! The close frame as it was sent: <https://datatracker.ietf.org/doc/html/rfc6455#section-5.5.1>.
//!
//! The crate that speaks the protocol replaces codes that it does not know, so that what a server said can't be told from
//! what it makes of it. Here the frames that come in are looked at, and the crate sees to it that they are well formed.

use std::sync::{Arc, OnceLock};

/// What the first close frame has.
pub(super) type CloseFrameBody = OnceLock<Vec<u8>>;

/// No control frame has more bytes.
const CONTROL_FRAME_LIMIT: u64 = 125;

/// Looks for the first close frame.
pub(super) struct Frames {
    close_frame: Arc<CloseFrameBody>,
    /// What there is of the next frame's head.
    head: Vec<u8>,
    /// How many bytes of the frame are to come after its head.
    left: u64,
    /// What there is of the close frame's body, in the midst of it.
    body: Option<Vec<u8>>,
}

impl Frames {
    /// `close_frame` will have it.
    pub(super) fn new(close_frame: Arc<CloseFrameBody>) -> Frames {
        Frames { close_frame, head: Vec::with_capacity(10), left: 0, body: None }
    }

    /// What the server sent next.
    pub(super) fn push(&mut self, mut bytes: &[u8]) {
        while self.close_frame.get().is_none()
            && let Some((first, rest)) = bytes.split_first()
        {
            if self.left == 0 {
                bytes = rest;
                self.head.push(*first);
                if let Some(length) = payload_length(&self.head) {
                    self.left = length;
                    let is_close = self.head[0] & 0xf == 8 && length <= CONTROL_FRAME_LIMIT;
                    self.body = is_close.then(Vec::new);
                    self.head.clear();
                }
            } else {
                let here = usize::try_from(self.left).map_or(bytes.len(), |left| left.min(bytes.len()));
                let (these, rest) = bytes.split_at(here);
                if let Some(body) = &mut self.body {
                    body.extend(these);
                }
                self.left -= here as u64;
                bytes = rest;
            }
            if self.left == 0
                && let Some(body) = self.body.take()
            {
                // (It is the first one.)
                let _ = self.close_frame.set(body);
            }
        }
    }
}

/// <https://datatracker.ietf.org/doc/html/rfc6455#section-5.2>: the length in a head that is complete. (What a server
/// sends is not masked.)
fn payload_length(head: &[u8]) -> Option<u64> {
    match (head.get(1)? & 0x7f, &head[2..]) {
        (126, &[a, b]) => Some(u64::from(u16::from_be_bytes([a, b]))),
        (127, rest) => rest.try_into().ok().map(u64::from_be_bytes),
        (126, _) => None,
        (length, _) => Some(u64::from(length)),
    }
}

/// <https://datatracker.ietf.org/doc/html/rfc6455#section-7.1.5>, with the reason. None for a code that no frame may have.
pub(super) fn parse_close_frame(body: &[u8]) -> Option<(u16, String)> {
    let Some((code, reason)) = body.split_first_chunk() else {
        // It stands for a frame without a code.
        return Some((1005, String::new()));
    };
    match u16::from_be_bytes(*code) {
        // <https://datatracker.ietf.org/doc/html/rfc6455#section-7.4>: not used, or only said of a connection.
        0..1000 | 1005 | 1006 | 1015 => None,
        code => Some((code, String::from_utf8_lossy(reason).into_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close_frame_in(pieces: &[&[u8]]) -> Option<Vec<u8>> {
        let found = Arc::new(OnceLock::new());
        let mut frames = Frames::new(found.clone());
        pieces.iter().for_each(|piece| frames.push(piece));
        found.get().cloned()
    }

    #[test]
    fn the_first_close_frame_is_found_after_frames_of_any_length() {
        for length in [0, 1, 125, 126, 65_535, 65_536, 70_000] {
            let mut bytes = match length {
                0..126 => vec![0x82, u8::try_from(length).unwrap()],
                126..65_536 => [&[0x82, 126][..], &u16::try_from(length).unwrap().to_be_bytes()].concat(),
                _ => [&[0x82, 127][..], &u64::try_from(length).unwrap().to_be_bytes()].concat(),
            };
            bytes.resize(bytes.len() + length, 0x88);
            assert_eq!(close_frame_in(&[&bytes]), None);
            bytes.extend([0x88, 2, 3, 0xe8, 0x88, 2, 3, 0xe9]);
            assert_eq!(close_frame_in(&[&bytes]), Some(vec![3, 0xe8]), "{length}");
            for size in [1, 3, 4096] {
                let pieces: Vec<_> = bytes.chunks(size).collect();
                assert_eq!(close_frame_in(&pieces), Some(vec![3, 0xe8]), "{length} in pieces of {size}");
            }
        }
        assert_eq!(close_frame_in(&[&[0x89, 0, 0x88, 0]]), Some(Vec::new()));
    }
}
