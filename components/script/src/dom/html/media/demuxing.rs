//! The part of a media element's work that blocks: a thread that reads what was fetched, and tells what is there.
//!
//! The thread waits for bytes ([`Source`]) and for [`Command`]s. While it does what it was told, it keeps the element
//! alive and its agent busy; while it waits for a command, neither. It ends with the element's end of the commands.

use std::io::{Error, Read, Seek, SeekFrom};
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use bytes::{Buf, Bytes};
use futures::channel::mpsc::UnboundedSender;
use media::{Demuxer, MediaSource, Metadata};

use super::html_media_element::HTMLMediaElement;
use crate::runtime::task_sender::TaskSender;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// What is there is told whenever there are so many seconds more of it.
const STEP: f64 = 0.5;

/// What the thread is to do.
pub(super) enum Order {
    /// Read on until this time, in seconds.
    ReadUntil(f64),
    /// Go to this time, in seconds. Nothing is read yet.
    Seek(f64),
}

/// An order, and who hears what comes of it.
pub(super) struct Command {
    pub(super) order: Order,
    pub(super) listener: Listener,
}

/// What is told of a resource that is fetched and read.
pub(super) enum Report {
    /// There are more of its bytes.
    Progress,
    /// What the resource is.
    Opened {
        metadata: Metadata,
        /// Whether its server has every part of it at any time.
        is_seekable: bool,
    },
    /// What is there since the begin, or since the last order to go somewhere.
    Available { start: f64, until: f64, is_end: bool },
    /// Everything that was to be read is.
    Rested,
    /// There won't be more.
    Failed(media::Error),
}

/// Who is told: an element, as long as it is at the same run of its load algorithm.
#[derive(Clone)]
pub(super) struct Listener {
    element: Trusted<HTMLMediaElement>,
    load: u64,
    tasks: TaskSender,
}

impl Listener {
    pub(super) fn new(element: &HTMLMediaElement) -> Listener {
        let tasks = element.global().task_sender();
        Listener { element: Trusted::new(element), load: element.load.get(), tasks }
    }
}

/// Who listens at the moment; nobody, while nothing goes on.
#[derive(Clone)]
pub(super) struct Listening(Arc<Mutex<Option<Listener>>>);

impl Listening {
    pub(super) fn new(listener: Listener) -> Listening {
        Listening(Arc::new(Mutex::new(Some(listener))))
    }

    fn set(&self, listener: Option<Listener>) {
        // Dropped when nothing is locked any more.
        let old = std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), listener);
        drop(old);
    }

    pub(super) fn tell(&self, report: Report) {
        let listener = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(Listener { element, load, tasks }) = listener else { return };
        tasks.post(
            TaskSource::MediaElement,
            Box::new(move |cx, _global| {
                let element = element.root();
                if element.load.get() == load {
                    element.heard(cx, report);
                }
            }),
        );
    }
}

/// What the thread wants of who fetches.
pub(super) enum Want {
    /// Some bytes from this one on; none, where the resource ends.
    Bytes { at: u64, answer: mpsc::Sender<Result<Bytes, String>> },
    /// Nothing, for a while.
    Nothing,
}

/// The bytes of a resource, that are fetched as they are read.
pub(super) struct Source {
    wants: UnboundedSender<Want>,
    position: u64,
    /// What was fetched and not yet read, from the position on.
    fetched: Bytes,
    length: Option<u64>,
    is_seekable: bool,
}

impl Source {
    /// `length`: in bytes, if it is known.
    pub(super) fn new(wants: UnboundedSender<Want>, length: Option<u64>, is_seekable: bool) -> Source {
        Source { wants, position: 0, fetched: Bytes::new(), length, is_seekable }
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.fetched.is_empty() {
            let (answer, answered) = mpsc::channel();
            let want = Want::Bytes { at: self.position, answer };
            let gone = || Error::other("the fetch was ended");
            self.wants.unbounded_send(want).map_err(|_| gone())?;
            self.fetched = answered.recv().map_err(|_| gone())?.map_err(Error::other)?;
        }
        let length = buffer.len().min(self.fetched.len());
        self.fetched.copy_to_slice(&mut buffer[..length]);
        self.position += u64::try_from(length).map_err(Error::other)?;
        Ok(length)
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
            SeekFrom::End(offset) => self.length.and_then(|length| length.checked_add_signed(offset)),
        };
        let position = position.ok_or_else(|| Error::other("there is no such place in the resource"))?;
        let skipped = position.checked_sub(self.position).and_then(|skipped| usize::try_from(skipped).ok());
        match skipped.filter(|skipped| *skipped <= self.fetched.len()) {
            Some(skipped) => self.fetched.advance(skipped),
            None => self.fetched.clear(),
        }
        self.position = position;
        Ok(position)
    }
}

impl MediaSource for Source {
    fn is_seekable(&self) -> bool {
        self.is_seekable
    }

    fn byte_len(&self) -> Option<u64> {
        self.length
    }
}

/// Starts the thread, which reads until the goal (in seconds) before it waits for commands.
///
/// # Errors
///
/// If there can't be another thread.
pub(super) fn start_demuxing(
    source: Source,
    commands: Receiver<Command>,
    listening: Listening,
    goal: f64,
) -> std::io::Result<()> {
    let steps = move || {
        let (wants, is_seekable) = (source.wants.clone(), source.is_seekable);
        let demuxer = match Demuxer::open(Box::new(source)) {
            Ok(demuxer) => demuxer,
            Err(error) => return listening.tell(Report::Failed(error)),
        };
        let metadata = demuxer.metadata().clone();
        let is_seekable = is_seekable && metadata.is_seekable;
        listening.tell(Report::Opened { metadata, is_seekable });
        // Who can't be asked for the rest later is asked for all of it now.
        let goal = if is_seekable { goal } else { f64::INFINITY };
        let reading =
            Reading { demuxer, wants, listening, start: 0.0, until: 0.0, told: 0.0, goal, is_end: false };
        reading.go_on(&commands);
    };
    thread::Builder::new().name("media".to_owned()).spawn(steps).map(drop)
}

/// A resource that is being read.
struct Reading {
    demuxer: Demuxer,
    wants: UnboundedSender<Want>,
    listening: Listening,
    /// From when on it was read without a gap.
    start: f64,
    /// Until when.
    until: f64,
    /// Until when that was told.
    told: f64,
    /// Until when it is to be read.
    goal: f64,
    is_end: bool,
}

impl Reading {
    /// Reads until there is nobody who wants it.
    fn go_on(mut self, commands: &Receiver<Command>) {
        loop {
            let command = match commands.try_recv() {
                Ok(command) => command,
                Err(TryRecvError::Disconnected) => return,
                Err(TryRecvError::Empty) if !self.is_end && self.until < self.goal => {
                    if let Err(error) = self.read() {
                        return self.listening.tell(Report::Failed(error));
                    }
                    continue;
                }
                Err(TryRecvError::Empty) => {
                    // (Who fetches may be gone: then so is who commands, soon.)
                    let _ = self.wants.unbounded_send(Want::Nothing);
                    self.listening.tell(Report::Rested);
                    // The element may go now, and the agent be idle.
                    self.listening.set(None);
                    let Ok(command) = commands.recv() else { return };
                    command
                }
            };
            self.listening.set(Some(command.listener));
            match command.order {
                Order::ReadUntil(goal) => self.goal = self.goal.max(goal),
                Order::Seek(time) => {
                    if let Err(error) = self.seek(time) {
                        return self.listening.tell(Report::Failed(error));
                    }
                }
            }
        }
    }

    fn read(&mut self) -> Result<(), media::Error> {
        match self.demuxer.read()? {
            Some(until) => self.until = self.until.max(until),
            None => {
                self.is_end = true;
                self.until = self.until.max(self.demuxer.last_end());
                if self.until == 0.0 {
                    return Err(media::Error::Malformed("there is nothing in it".to_owned()));
                }
            }
        }
        let is_first = self.told == self.start && self.until > self.start;
        if is_first || self.is_end || self.until >= self.goal || self.until >= self.told + STEP {
            self.tell();
        }
        Ok(())
    }

    fn seek(&mut self, time: f64) -> Result<(), media::Error> {
        // Nothing is there after the end.
        let start = self.demuxer.seek(time)?;
        self.is_end = start.is_none();
        self.start = start.unwrap_or(time);
        (self.until, self.goal) = (self.start, self.start);
        self.tell();
        Ok(())
    }

    fn tell(&mut self) {
        self.told = self.until;
        let (start, until, is_end) = (self.start, self.until, self.is_end);
        self.listening.tell(Report::Available { start, until, is_end });
    }
}
