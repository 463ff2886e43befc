//! Reading resources: what is found out of them, from where on and until when they are there, and what comes of damage.

use std::io::{Cursor, Read, Seek, SeekFrom};

use media::{Demuxer, Error, MediaSource};
use proptest::prelude::*;

/// A mono 8 kHz 8-bit WAVE file of silence.
fn wav(seconds: f64) -> Vec<u8> {
    let length = (seconds * 8000.0) as u32;
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((36 + length).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16u32.to_le_bytes());
    file.extend([1, 0, 1, 0]);
    file.extend(8000u32.to_le_bytes());
    file.extend(8000u32.to_le_bytes());
    file.extend([1, 0, 8, 0]);
    file.extend(b"data");
    file.extend(length.to_le_bytes());
    file.resize(file.len() + length as usize, 128);
    file
}

/// Silence as MPEG audio: frames of 1152 samples at 44.1 kHz.
fn mp3(frames: usize) -> Vec<u8> {
    let mut frame = vec![0xff, 0xfb, 0x90, 0xc4];
    frame.resize(417, 0);
    frame.repeat(frames)
}

/// An element of a Matroska file.
fn element(id: &[u8], content: &[u8]) -> Vec<u8> {
    let length = u64::try_from(content.len()).expect("it is short") | 1 << 56;
    [id, &length.to_be_bytes(), content].concat()
}

/// A Matroska file with pictures of 16 × 9 pixels for so many seconds, a cluster for each, and a subtitle and a sound at
/// its begin alone.
fn matroska(seconds: u16) -> Vec<u8> {
    let track = |id: u8, kind: u8, codec: &[u8], rest: Vec<u8>| {
        let fields = [
            element(b"\xd7", &[id]),
            element(b"\x73\xc5", &[id]),
            element(b"\x83", &[kind]),
            element(b"\x86", codec),
            rest,
        ];
        element(b"\xae", &fields.concat())
    };
    let size = [element(b"\xb0", &[16]), element(b"\xba", &[9])].concat();
    let sampling = [element(b"\xb5", &8000f64.to_be_bytes()), element(b"\x9f", &[1])].concat();
    let second = element(b"\x23\xe3\x83", &1_000_000_000u32.to_be_bytes());
    let tracks = [
        track(1, 0x11, b"S_TEXT/UTF8", Vec::new()),
        track(2, 1, b"V_VP8", [second.clone(), element(b"\xe0", &size)].concat()),
        track(3, 2, b"A_VORBIS", [second, element(b"\xe1", &sampling)].concat()),
    ];
    let info = [
        element(b"\x2a\xd7\xb1", &1_000_000u32.to_be_bytes()),
        element(b"\x4d\x80", b"test"),
        element(b"\x57\x41", b"test"),
        element(b"\x44\x89", &(f64::from(seconds) * 1000.0).to_be_bytes()),
    ];
    let block = |track: u8| element(b"\xa3", &[0x80 | track, 0, 0, 0x80, 1, 2, 3]);
    let cluster = |second: u16| {
        let time = element(b"\xe7", &(u32::from(second) * 1000).to_be_bytes());
        let rest = if second == 0 { [block(1), block(3)].concat() } else { Vec::new() };
        element(b"\x1f\x43\xb6\x75", &[time, block(2), rest].concat())
    };
    let segment = [
        element(b"\x15\x49\xa9\x66", &info.concat()),
        element(b"\x16\x54\xae\x6b", &tracks.concat()),
        (0..seconds).flat_map(cluster).collect(),
    ];
    let header = element(b"\x1a\x45\xdf\xa3", &element(b"\x42\x82", b"webm"));
    [header, element(b"\x18\x53\x80\x67", &segment.concat())].concat()
}

const MP3_FRAME: f64 = 1152.0 / 44100.0;

fn open(bytes: Vec<u8>) -> Result<Demuxer, Error> {
    Demuxer::open(Box::new(Cursor::new(bytes)))
}

/// Reads to the end; returns the times that were told on the way.
fn read_all(demuxer: &mut Demuxer) -> Vec<f64> {
    std::iter::from_fn(|| demuxer.read().expect("it is whole")).collect()
}

fn close_to(one: f64, other: f64) -> bool {
    (one - other).abs() < 0.001
}

#[test]
fn what_a_resource_is_and_until_when_it_is_there() {
    for (name, bytes, length) in
        [("wave", wav(2.5), 2.5), ("mp3", mp3(100), 100.0 * MP3_FRAME), ("wave", wav(0.01), 0.01)]
    {
        let mut demuxer = open(bytes).expect("it is known");
        let metadata = demuxer.metadata().clone();
        assert_eq!((metadata.format, metadata.has_audio, metadata.video_size), (name, true, None));
        assert!(close_to(metadata.duration.expect("it tells"), length), "{metadata:?}");
        let times = read_all(&mut demuxer);
        assert!(times.is_sorted(), "{times:?}");
        assert!(close_to(*times.last().expect("there is something"), length), "{times:?}");
        assert!(close_to(demuxer.last_end(), length));
    }
}

#[test]
fn a_resource_goes_on_from_where_it_is_sought_to() {
    let mut demuxer = open(mp3(400)).expect("it is known");
    let start = demuxer.seek(5.0).expect("it is whole").expect("it is that long");
    assert!(start <= 5.0 && start > 4.5, "{start}");
    let first = demuxer.read().expect("it is whole").expect("there is more");
    assert!(first > start && first < start + 0.5, "{first} is not soon after {start}");
    // Back, too, from the end.
    read_all(&mut demuxer);
    assert_eq!(demuxer.seek(0.0).expect("it is whole"), Some(0.0));
    assert!(demuxer.read().expect("it is whole").expect("there is more") < 0.5);
}

#[test]
fn a_track_that_ends_early_holds_nothing_up() {
    let mut demuxer = open(matroska(60)).expect("it is known");
    assert_eq!((demuxer.metadata().has_audio, demuxer.metadata().video_size), (true, Some((16, 9))));
    // All of it until ten seconds is there before most of the rest was read.
    let times: Vec<f64> = std::iter::from_fn(|| demuxer.read().expect("it is whole")).take(20).collect();
    assert!(times.iter().any(|time| *time >= 10.0), "{times:?}");
    // One finds a time though another track has nothing there.
    for time in [30.0, 2.0] {
        let start = demuxer.seek(time).expect("it is whole").expect("it is that long");
        assert!(start <= time, "{start} is after {time}");
        let next = std::iter::from_fn(|| demuxer.read().expect("it is whole")).find(|next| *next >= time);
        assert!(next.is_some_and(|next| next < time + 5.0), "{next:?} is not soon after {time}");
    }
}

#[test]
fn there_is_nothing_after_the_end() {
    for bytes in [mp3(10), wav(0.5)] {
        let mut demuxer = open(bytes).expect("it is known");
        assert_eq!(demuxer.seek(7.0).expect("it is whole"), None);
    }
}

#[test]
fn what_is_cut_off_ends_there() {
    let mut bytes = wav(2.0);
    bytes.truncate(44 + 8000);
    let mut demuxer = open(bytes).expect("it is known");
    assert!(close_to(demuxer.metadata().duration.expect("it tells"), 2.0));
    read_all(&mut demuxer);
    let end = demuxer.last_end();
    assert!(end > 0.9 && end < 1.1, "{end}");
}

#[test]
fn what_is_nothing_to_play_is_not_supported() {
    for bytes in [Vec::new(), b"RIFF".to_vec(), b"<!doctype html><p>no".to_vec(), vec![0; 3_000_000]] {
        let length = bytes.len();
        let Err(error) = open(bytes) else { panic!("{length} bytes of nothing were played") };
        assert!(matches!(error, Error::Unsupported(_)), "{error:?}");
    }
}

/// Ends with an error after so many bytes.
struct Breaking(Cursor<Vec<u8>>, u64);

impl Read for Breaking {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = self.1.saturating_sub(self.0.position());
        if left == 0 {
            return Err(std::io::Error::other("the line is cut"));
        }
        let length = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        self.0.read(&mut buffer[..length])
    }
}

impl Seek for Breaking {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

impl MediaSource for Breaking {
    fn is_seekable(&self) -> bool {
        false
    }

    fn byte_len(&self) -> Option<u64> {
        None
    }
}

#[test]
fn what_cannot_be_read_is_no_damage() {
    let open = |after| Demuxer::open(Box::new(Breaking(Cursor::new(wav(2.0)), after)));
    assert!(matches!(open(20), Err(Error::Source(error)) if error.to_string() == "the line is cut"));
    let mut demuxer = open(8000).expect("there is enough to know it");
    let error = loop {
        match demuxer.read() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("it ended without an error"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::Source(error) if error.to_string() == "the line is cut"));
}

proptest! {
    /// Whatever a server sends: an error at most.
    #[test]
    fn damage_is_survived(
        format in 0usize..3,
        damage in prop::collection::vec((0usize..2000, any::<u8>()), 1..20),
        length in 0usize..2000,
        seek in 0.0f64..10.0,
    ) {
        let mut bytes = vec![mp3(5), wav(0.25), matroska(5)].swap_remove(format);
        bytes.truncate(length);
        for (place, value) in damage {
            if let Some(byte) = bytes.get_mut(place) {
                *byte = value;
            }
        }
        if let Ok(mut demuxer) = open(bytes) {
            while let Ok(Some(_)) = demuxer.read() {}
            let _ = demuxer.seek(seek);
            let _ = demuxer.read();
        }
    }
}
