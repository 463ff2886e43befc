//! Reading containers.

use std::io::{ErrorKind, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::CODEC_ID_NULL_AUDIO;
use symphonia::core::codecs::video::CODEC_ID_NULL_VIDEO;
use symphonia::core::errors::{Error as SymphoniaError, SeekErrorKind};
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::well_known::FORMAT_ID_OGG;
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
    /// Whether one can [go](Demuxer::seek) to a time in it, if its source is seekable.
    pub is_seekable: bool,
}

/// Tracks are not further apart than this in a file, in seconds.
const MAX_LAG: f64 = 3.0;

/// A resource that is being read.
pub struct Demuxer {
    /// None, once the crate that reads has broken down on it.
    reader: Option<Box<dyn FormatReader>>,
    metadata: Metadata,
    /// What is played of it.
    tracks: Vec<PlayedTrack>,
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
            let reader = probe(MediaSourceStream::new(source, MediaSourceStreamOptions::default()))?;
            let metadata = Metadata {
                format: reader.format_info().short_name,
                duration: duration(&*reader),
                has_audio: reader.tracks().iter().any(is_audio),
                video_size: reader.tracks().iter().find_map(video_size),
                // (Of several streams of known codecs in an Ogg file, symphonia looks for one's pages for ever.)
                is_seekable: reader.format_info().format != FORMAT_ID_OGG
                    || reader.tracks().iter().filter(|track| track.codec_params.is_some()).count() <= 1,
            };
            let tracks: Vec<PlayedTrack> = reader.tracks().iter().filter_map(PlayedTrack::new).collect();
            Ok((reader, metadata, tracks))
        })?;
        if tracks.is_empty() {
            return Err(Error::Unsupported(format!("{}, with neither audio nor video", metadata.format)));
        }
        Ok(Demuxer { reader: Some(reader), metadata, tracks })
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

    /// Goes to a time, in seconds, or to one before it; returns which. What is read next is from about there on. None, if
    /// the resource ends before.
    ///
    /// # Errors
    ///
    /// If the resource is damaged, or can't be read there. Then the rest is lost.
    pub fn seek(&mut self, time: f64) -> Result<Option<f64>, Error> {
        let time = time.max(0.0);
        let mut sought = self.seek_reader(time);
        // Tracks may be of different lengths, and there is nothing to find in one that has ended: from where the first one
        // does, the rest is read.
        if sought.as_ref().is_err_and(Failure::is_after_the_end)
            && let (shortest, longest) = self.ends()
            && shortest < time
            && time < longest
        {
            sought = self.seek_reader(shortest);
        }
        let start = match sought {
            Err(failure) if failure.is_after_the_end() => return Ok(None),
            // Without an index one can't go back: all of it is read again.
            Ok(start) if start > time + MAX_LAG => self.rewind()?,
            Err(failure) if failure.is_unseekable() => self.rewind()?,
            sought => sought?,
        };
        for track in &mut self.tracks {
            track.end = start;
        }
        Ok(Some(start.min(time)))
    }

    /// Reads from the begin again, which is returned.
    fn rewind(&mut self) -> Result<f64, Error> {
        let reader = self.reader.take().ok_or_else(broken)?;
        let reader = without_panics(|| {
            let mut stream = reader.into_inner();
            stream.seek(SeekFrom::Start(0)).map_err(Error::Source)?;
            probe(stream)
        })?;
        self.reader = Some(reader);
        Ok(0.0)
    }

    /// Where the reader got to.
    fn seek_reader(&mut self, time: f64) -> Result<f64, Failure> {
        // The first track is it that most containers have an index for.
        let Some((track_id, base)) = self.tracks.first().map(|track| (track.id, track.time_base)) else {
            return Err(Failure::Broken);
        };
        let to = Time::try_from_secs_f64(time).unwrap_or(Time::MAX);
        let mut seek = |mode| {
            let to = SeekTo::Time { time: to, track_id: Some(track_id) };
            self.call(|reader| reader.seek(mode, to))
        };
        // About there is good enough where nothing is decoded; it may be all that can be done without reading everything.
        let sought = match seek(SeekMode::Coarse) {
            Err(Failure::Reader(SymphoniaError::SeekError(SeekErrorKind::Unseekable))) => {
                seek(SeekMode::Accurate)
            }
            sought => sought,
        }?;
        Ok(base.calc_time_saturating(sought.actual_ts).as_secs_f64().max(0.0))
    }

    /// Where the shortest and the longest of all tracks say that they end, in seconds.
    fn ends(&self) -> (f64, f64) {
        let tracks = self.reader.iter().flat_map(|reader| reader.tracks());
        let ends = tracks.filter_map(|track| track.time_base.zip(track.duration));
        let ends = ends.map(|(base, duration)| base.calc_duration_saturating(duration).as_secs_f64());
        ends.fold((f64::INFINITY, 0.0), |(shortest, longest), end| (end.min(shortest), end.max(longest)))
    }

    /// Until when all that is played is there.
    fn end(&self) -> f64 {
        // One that is far behind has ended, or has nothing for now.
        let near = self.last_end() - MAX_LAG;
        let ends = self.tracks.iter().map(|track| track.end).filter(|end| *end >= near);
        ends.reduce(f64::min).unwrap_or(0.0)
    }

    /// Until when anything is there: where the resource turned out to end.
    pub fn last_end(&self) -> f64 {
        self.tracks.iter().map(|track| track.end).fold(0.0, f64::max)
    }

    fn call<T>(
        &mut self,
        steps: impl FnOnce(&mut dyn FormatReader) -> Result<T, SymphoniaError>,
    ) -> Result<T, Failure> {
        let reader = self.reader.as_deref_mut().ok_or(Failure::Broken)?;
        match catch_unwind(AssertUnwindSafe(|| steps(reader))) {
            Ok(result) => result.map_err(Failure::Reader),
            Err(_) => {
                self.reader = None;
                Err(Failure::Broken)
            }
        }
    }
}

/// Finds out what a resource is.
fn probe(stream: MediaSourceStream<'static>) -> Result<Box<dyn FormatReader>, Error> {
    symphonia::default::get_probe()
        .probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default())
        .map_err(|error| match error {
            // It ends before it is anything.
            SymphoniaError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
                Error::Unsupported("it is cut off".to_owned())
            }
            SymphoniaError::IoError(error) => Error::Source(error),
            error => Error::Unsupported(error.to_string()),
        })
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

impl Failure {
    fn is_unseekable(&self) -> bool {
        use SeekErrorKind::{ForwardOnly, Unseekable};
        matches!(self, Failure::Reader(SymphoniaError::SeekError(Unseekable | ForwardOnly)))
    }

    fn is_after_the_end(&self) -> bool {
        match self {
            Failure::Reader(SymphoniaError::SeekError(SeekErrorKind::OutOfRange)) => true,
            Failure::Reader(SymphoniaError::IoError(error)) => error.kind() == ErrorKind::UnexpectedEof,
            _ => false,
        }
    }
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
