//! Reading body files, on threads of its own: a slow disk must not hold up anything else.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Builder;

use bytes::{Bytes, BytesMut};
use futures::channel::oneshot;

use super::{BodyFolder, BodyId};
use crate::Error;

const THREADS: usize = 2;

/// The threads. They start with the first read, and end when nobody can ask them for anything.
pub(crate) struct ReaderPool {
    folder: Arc<BodyFolder>,
    requests: Mutex<Option<Sender<Request>>>,
}

struct Request {
    body: BodyId,
    offset: u64,
    size: usize,
    reply: oneshot::Sender<io::Result<Bytes>>,
}

impl ReaderPool {
    pub fn new(folder: Arc<BodyFolder>) -> Self {
        ReaderPool { folder, requests: Mutex::default() }
    }

    /// Reads `size` bytes, which have to be there.
    pub async fn read(&self, body: BodyId, offset: u64, size: usize) -> Result<Bytes, Error> {
        let (reply, answer) = oneshot::channel();
        let failed = |error: io::Error| Error::io("a body can't be read", &error);
        self.send(Request { body, offset, size, reply }).map_err(failed)?;
        match answer.await {
            Ok(read) => read.map_err(failed),
            Err(oneshot::Canceled) => Err(Error::Closed),
        }
    }

    fn send(&self, request: Request) -> io::Result<()> {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = match requests.take() {
            Some(sender) => requests.insert(sender),
            None => requests.insert(self.start()?),
        };
        // If the threads are gone, the request is dropped, and its receiver says so.
        let _ = sender.send(request);
        Ok(())
    }

    fn start(&self) -> io::Result<Sender<Request>> {
        let (sender, receiver) = channel();
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..THREADS {
            let (folder, receiver) = (Arc::clone(&self.folder), Arc::clone(&receiver));
            Builder::new().name("profile reader".into()).spawn(move || serve(&folder, &receiver))?;
        }
        Ok(sender)
    }
}

fn serve(folder: &BodyFolder, requests: &Mutex<Receiver<Request>>) {
    loop {
        let request = requests.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(request) = request else { return };
        // Nobody may be waiting any more.
        if !request.reply.is_canceled() {
            let _ = request.reply.send(read(folder, request.body, request.offset, request.size));
        }
    }
}

fn read(folder: &BodyFolder, body: BodyId, offset: u64, size: usize) -> io::Result<Bytes> {
    let file = File::open(folder.file(body)?)?;
    let mut bytes = BytesMut::zeroed(size);
    file.read_exact_at(&mut bytes, offset)?;
    Ok(bytes.freeze())
}
