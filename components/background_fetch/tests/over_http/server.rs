//! A small HTTP/1.1 server that does what a test says.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A request that came.
pub struct Request {
    /// How many came before it.
    pub number: u64,
    pub method: String,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// What is answered.
pub struct Answer {
    status: u16,
    headers: String,
    body: &'static [u8],
    cut_after: usize,
    hangs: bool,
}

impl Answer {
    pub fn new(status: u16) -> Self {
        Answer { status, headers: String::new(), body: b"", cut_after: usize::MAX, hangs: false }
    }

    pub fn header(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.headers += &format!("{name}: {}\r\n", value.as_ref());
        self
    }

    pub fn body(self, body: &'static [u8]) -> Self {
        Answer { body, ..self }
    }

    /// The connection is closed after so many bytes of the body.
    pub fn cut_after(self, bytes: usize) -> Self {
        Answer { cut_after: bytes, ..self }
    }

    /// Nothing comes after so many bytes of the body.
    pub fn hang_after(self, bytes: usize) -> Self {
        Answer { cut_after: bytes, hangs: true, ..self }
    }
}

pub struct Server {
    port: u16,
    /// How many requests have come, and the range that the last one asked for.
    requests: watch::Receiver<(u64, Option<String>)>,
    task: JoinHandle<()>,
}

impl Server {
    pub async fn start(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (count, requests) = watch::channel((0, None));
        let (count, answer) = (Arc::new(count), Arc::new(answer));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, count.clone(), answer.clone()));
            }
        });
        Server { port, requests, task }
    }

    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// How many requests have come.
    pub fn requests(&self) -> u64 {
        self.requests.borrow().0
    }

    pub fn last_range(&self) -> Option<String> {
        self.requests.borrow().1.clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    stream: TcpStream,
    requests: Arc<watch::Sender<(u64, Option<String>)>>,
    answer: Arc<impl Fn(&Request) -> Answer + Send + Sync>,
) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut stream = BufReader::new(stream);
    loop {
        let mut request = read_request(&mut stream).await?;
        requests.send_modify(|(count, range)| {
            request.number = *count;
            *count += 1;
            *range = request.header("range").map(str::to_owned);
        });
        let Answer { status, headers, body, cut_after, hangs } = answer(&request);
        let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
        stream.write_all(head.as_bytes()).await.ok()?;
        stream.write_all(&body[..body.len().min(cut_after)]).await.ok()?;
        stream.flush().await.ok()?;
        if cut_after < body.len() {
            // What was sent shall arrive: end our side, if we do, then wait for the other.
            if !hangs {
                stream.shutdown().await.ok()?;
            }
            stream.read_to_end(&mut Vec::new()).await.ok()?;
            return None;
        }
    }
}

async fn read_request(stream: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let mut lines = head.lines();
    let method = lines.next()?.split(' ').next()?.to_owned();
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_owned(), value.trim().to_owned()))
    };
    let headers: Vec<_> = lines.map_while(header).collect();
    let mut request = Request { number: 0, method, headers, body: Vec::new() };
    let length = request.header("content-length").map_or(0, |length| length.parse().unwrap_or(0));
    request.body.resize(length, 0);
    stream.read_exact(&mut request.body).await.ok()?;
    Some(request)
}

/// Bytes that no two places of have in common, for as long as a test runs.
pub fn bytes(length: usize) -> &'static [u8] {
    let byte = |n: usize| ((n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8;
    Box::leak((0..length).map(byte).collect())
}

/// A gzip member of stored (not compressed) blocks.
pub fn gzip(content: &[u8]) -> &'static [u8] {
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut blocks = content.chunks(0xffff).peekable();
    while let Some(block) = blocks.next() {
        let length = block.len() as u16;
        packed.push(u8::from(blocks.peek().is_none()));
        packed.extend_from_slice(&length.to_le_bytes());
        packed.extend_from_slice(&(!length).to_le_bytes());
        packed.extend_from_slice(block);
    }
    packed.extend_from_slice(&crc32(content).to_le_bytes());
    packed.extend_from_slice(&(content.len() as u32).to_le_bytes());
    Box::leak(packed.into_boxed_slice())
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 },
        )
    })
}
