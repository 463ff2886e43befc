//! Reading containers.

use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::CODEC_ID_NULL_AUDIO;
use symphonia::core::codecs::video::CODEC_ID_NULL_VIDEO;
use symphonia::core::errors::{Error as SymphoniaError, SeekErrorKind};
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo, Track};
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::units::{Time, TimeBase};

use crate::Error;

/// What is known of a resource before any of it is played.
#[derive(Clone, Debug, PartialEq)]
pub struct Metadata {
    /// The format's short name.
    pub format: &'static str,
    /// In seconds; none if the resource doesn't say.
    pub duration: Option<f64>,
    /// Whether there is something to hear.
    pub has_audio: bool,
    /// Width and height in pixels, if there is something to see.
    pub video_size: Option<(u32, u32)>,
}

/// A resource that is being read.
pub struct Demuxer {
    reader: Box<dyn FormatReader>,
    metadata: Metadata,
    /// What is played of it.
    tracks: Vec<PlayedTrack>,
    /// The crate that reads has broken down on it.
    is_broken: bool,
}

struct PlayedTrack {
    id: u32,
    time_base: TimeBase,
    /// Until when it was read, in seconds.
    end: f64,
}

impl Demuxer {
    /// Reads as much of a resource as it takes to find out what it is.
    ///
    /// # Errors
    ///
    /// If it is of no format that is known, has neither audio nor video, or can't be read.
    pub fn open(source: Box<dyn MediaSource>) -> Result<Demuxer, Error> {
        let (reader, metadata, tracks) = without_panics(|| {
            let stream = MediaSourceStream::new(source, MediaSourceStreamOptions::default());
            let reader = symphonia::default::get_probe()
                .probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default())
                .map_err(|error| match error {
                    // It ends before it is anything.
                    SymphoniaError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
                        Error::Unsupported("it is cut off".to_owned())
                    }
                    SymphoniaError::IoError(error) => Error::Source(error),
                    error => Error::Unsupported(error.to_string()),
                })?;
            let metadata = Metadata {
                format: reader.format_info().short_name,
                duration: duration(&*reader),
                has_audio: reader.tracks().iter().any(is_audio),
                video_size: reader.tracks().iter().find_map(video_size),
            };
            let tracks: Vec<PlayedTrack> = reader.tracks().iter().filter_map(PlayedTrack::new).collect();
            Ok((reader, metadata, tracks))
        })?;
        if tracks.is_empty() {
            return Err(Error::Unsupported(format!("{}, with neither audio nor video", metadata.format)));
        }
        Ok(Demuxer { reader, metadata, tracks, is_broken: false })
    }

    /// What was found out.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Reads a piece. Everything from the begin, or from where was sought to, to the time that is returned is there now;
    /// none at the end.
    ///
    /// # Errors
    ///
    /// If the resource is damaged, or can't be read. Then the rest is lost.
    pub fn read(&mut self) -> Result<Option<f64>, Error> {
        loop {
            let packet = match self.call(|reader| reader.next_packet()) {
                Ok(Some(packet)) => packet,
                // A resource that another one follows in the same file ends here.
                Ok(None) | Err(Failure::Reader(SymphoniaError::ResetRequired)) => return Ok(None),
                Err(Failure::Reader(SymphoniaError::IoError(error)))
                    if error.kind() == ErrorKind::UnexpectedEof =>
                {
                    return Ok(None);
                }
                Err(failure) => return Err(failure.into()),
            };
            let Some(track) = self.tracks.iter_mut().find(|track| track.id == packet.track_id) else {
                continue;
            };
            let start = track.time_base.calc_time_saturating(packet.pts).as_secs_f64();
            let length = track.time_base.calc_duration_saturating(packet.dur).as_secs_f64();
            track.end = track.end.max(start + length);
            return Ok(Some(self.end()));
        }
    }

    /// Goes to a time, in seconds, or to one before it from where on the resource can be played; returns which. What is
    /// read next is from there. None, if the resource ends before.
    ///
    /// # Errors
    ///
    /// If the resource is damaged, or can't be read there. Then the rest is lost.
    pub fn seek(&mut self, time: f64) -> Result<Option<f64>, Error> {
        let to = Time::try_from_secs_f64(time.max(0.0))
            .ok_or_else(|| Error::Malformed(format!("there is no time {time}")))?;
        let sought =
            self.call(|reader| reader.seek(SeekMode::Accurate, SeekTo::Time { time: to, track_id: None }));
        let sought = match sought {
            Err(Failure::Reader(SymphoniaError::SeekError(SeekErrorKind::OutOfRange))) => return Ok(None),
            Err(Failure::Reader(SymphoniaError::IoError(error)))
                if error.kind() == ErrorKind::UnexpectedEof =>
            {
                return Ok(None);
            }
            sought => sought?,
        };
        let base = self.tracks.iter().find(|track| track.id == sought.track_id).map(|track| track.time_base);
        let start = match base {
            Some(base) => base.calc_time_saturating(sought.actual_ts).as_secs_f64().clamp(0.0, time.max(0.0)),
            None => time,
        };
        for track in &mut self.tracks {
            track.end = start;
        }
        Ok(Some(start))
    }

    /// Until when all that is played is there.
    fn end(&self) -> f64 {
        self.tracks.iter().map(|track| track.end).reduce(f64::min).unwrap_or(0.0)
    }

    /// Until when anything is there: where the resource turned out to end.
    pub fn last_end(&self) -> f64 {
        self.tracks.iter().map(|track| track.end).fold(0.0, f64::max)
    }

    fn call<T>(
        &mut self,
        steps: impl FnOnce(&mut dyn FormatReader) -> Result<T, SymphoniaError>,
    ) -> Result<T, Failure> {
        if self.is_broken {
            return Err(Failure::Broken);
        }
        let result = catch_unwind(AssertUnwindSafe(|| steps(&mut *self.reader)));
        self.is_broken = result.is_err();
        result.map_err(|_| Failure::Broken)?.map_err(Failure::Reader)
    }
}

impl PlayedTrack {
    /// None, if there is nothing to see or hear.
    fn new(track: &Track) -> Option<PlayedTrack> {
        let is_played = is_audio(track) || video_size(track).is_some();
        let time_base = track.time_base.filter(|_| is_played)?;
        Some(PlayedTrack { id: track.id, time_base, end: 0.0 })
    }
}

/// What went wrong in the crate that reads.
enum Failure {
    Reader(SymphoniaError),
    /// It panicked.
    Broken,
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Error {
        match failure {
            Failure::Reader(SymphoniaError::IoError(error)) => Error::Source(error),
            Failure::Reader(error) => Error::Malformed(error.to_string()),
            Failure::Broken => broken(),
        }
    }
}

fn broken() -> Error {
    Error::Malformed("it can't be made out".to_owned())
}

/// A resource that the crate that reads it trips over is a damaged one.
fn without_panics<T>(steps: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(steps)).unwrap_or_else(|_| Err(broken()))
}

fn is_audio(track: &Track) -> bool {
    matches!(&track.codec_params, Some(CodecParameters::Audio(audio)) if audio.codec != CODEC_ID_NULL_AUDIO)
}

fn video_size(track: &Track) -> Option<(u32, u32)> {
    let Some(CodecParameters::Video(video)) = &track.codec_params else { return None };
    let (width, height) = (video.width?, video.height?);
    (video.codec != CODEC_ID_NULL_VIDEO).then_some((width.into(), height.into()))
}

/// In seconds: the whole's, or else the longest track's.
fn duration(reader: &dyn FormatReader) -> Option<f64> {
    let info = reader.media_info();
    let of_all = info.time_base.zip(info.duration);
    let of_tracks = reader.tracks().iter().filter_map(|track| track.time_base.zip(track.duration));
    of_all
        .into_iter()
        .chain(of_tracks)
        .map(|(base, duration)| base.calc_duration_saturating(duration).as_secs_f64())
        .filter(|seconds| *seconds > 0.0)
        .reduce(f64::max)
}
