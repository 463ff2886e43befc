//! How long `ferry run` takes, and how much memory, on a loopback server. `./mach bench` runs it.
//!
//! Each line is the best of several runs: milliseconds from the start of the process to the event that matters, and
//! the most memory that was resident at once. Where curl is installed it does the same downloads for comparison.

use std::convert::Infallible;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::stream;
use http::{Request, Response};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use serde_json::Value;
use tokio::net::TcpListener;
use wait4::Wait4;

/// How much the server sends at once.
const SLICE: usize = 64 << 10;

/// What is downloaded: so many bodies of so many bytes, and how often that is measured.
struct Download {
    name: &'static str,
    count: usize,
    bytes: usize,
    rounds: usize,
}

const DOWNLOADS: &[Download] = &[
    Download { name: "60 MB", count: 1, bytes: 60_000_000, rounds: 5 },
    Download { name: "1 GB", count: 1, bytes: 1_000_000_000, rounds: 3 },
    Download { name: "100 × 100 KB", count: 100, bytes: 100_000, rounds: 5 },
    Download { name: "1,000 × 10 KB", count: 1_000, bytes: 10_000, rounds: 5 },
];

const WORKER: &str = "oninstall = () => skipWaiting();
onbackgroundfetchsuccess = () => console.log('success event');
onbackgroundfetchfail = event => console.log(`failed: ${event.registration.failureReason}`);";

fn page(count: usize, bytes: usize) -> String {
    format!(
        "<!doctype html><script>(async () => {{
          await navigator.serviceWorker.register('/worker.js');
          const registration = await navigator.serviceWorker.ready;
          const urls = Array.from({{length: {count}}}, (_, at) => `/data/{bytes}/${{at}}`);
          await registration.backgroundFetch.fetch('bench', urls);
        }})();</script>"
    )
}

fn full(mime: &'static str, text: impl Into<Bytes>) -> Response<BoxBody<Bytes, Infallible>> {
    let mut response = Response::new(Full::new(text.into()).boxed());
    response.headers_mut().insert("content-type", http::HeaderValue::from_static(mime));
    response
}

/// `/page/COUNT/BYTES`, `/data/BYTES/…`, `/worker.js`, `/blank`.
async fn answer(request: Request<Incoming>) -> Result<Response<BoxBody<Bytes, Infallible>>, Infallible> {
    let parts: Vec<&str> = request.uri().path().split('/').skip(1).collect();
    Ok(match parts[..] {
        ["blank"] => full("text/html", "<!doctype html><script>console.log('up')</script>"),
        ["worker.js"] => full("text/javascript", WORKER),
        ["page", count, bytes] => full("text/html", page(number(count), number(bytes))),
        ["data", bytes, _] => {
            let length = number(bytes);
            let slice = Bytes::from(vec![b'x'; SLICE.min(length)]);
            let frames = stream::unfold(length, move |left| {
                let slice = slice.slice(..left.min(SLICE));
                std::future::ready((left > 0).then(|| (Ok(Frame::data(slice.clone())), left - slice.len())))
            });
            let mut response = Response::new(BodyExt::boxed(StreamBody::new(frames)));
            response.headers_mut().insert("content-length", length.into());
            response
        }
        _ => {
            let mut response = full("text/plain", "");
            *response.status_mut() = http::StatusCode::NOT_FOUND;
            response
        }
    })
}

fn number(text: &str) -> usize {
    text.parse().expect("the benchmark's own URLs hold numbers")
}

async fn serve(listener: TcpListener) {
    loop {
        let (stream, _) = listener.accept().await.expect("a loopback connection");
        stream.set_nodelay(true).expect("TCP_NODELAY");
        tokio::spawn(async move {
            // A client that ends first is no failure.
            let _ = auto::Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), service_fn(answer))
                .await;
        });
    }
}

/// Runs the program until it has said `wanted` on a console, and to its end.
fn measure(url: &str, wanted: &str) -> (Duration, u64) {
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_ferry"))
        .args(["run", "--json", "--timeout", "120", url])
        .stdout(Stdio::piped())
        .spawn()
        .expect("ferry starts");
    let mut reached = None;
    for line in BufReader::new(child.stdout.take().expect("a pipe")).lines() {
        let report: Value = serde_json::from_str(&line.expect("UTF-8")).expect("JSON");
        if report["type"] == "console" && report["text"] == wanted {
            reached = Some(started.elapsed());
        }
    }
    let ended = child.wait4().expect("our child");
    assert!(ended.status.success(), "{url}: {}", ended.status);
    (reached.unwrap_or_else(|| panic!("{url}: no '{wanted}'")), ended.rusage.maxrss)
}

fn best(rounds: usize, url: &str, wanted: &str) -> (Duration, u64) {
    let runs: Vec<_> = (0..rounds).map(|_| measure(url, wanted)).collect();
    let time = runs.iter().map(|run| run.0).min().expect("at least one round");
    (time, runs.iter().map(|run| run.1).max().expect("at least one round"))
}

/// The same downloads by curl, in one process; `None` where there is no curl.
fn curl(server: &str, download: &Download) -> Option<Duration> {
    let mut config = tempfile::NamedTempFile::new().expect("a temporary file");
    for at in 0..download.count {
        writeln!(config, "url = \"{server}/data/{}/{at}\"\noutput = \"/dev/null\"", download.bytes)
            .expect("written");
    }
    let started = Instant::now();
    let status = Command::new("curl").args(["-s", "-K"]).arg(config.path()).status().ok()?;
    status.success().then(|| started.elapsed())
}

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a tokio runtime");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a loopback port");
    let server = format!("http://localhost:{}", listener.local_addr().expect("its address").port());
    runtime.spawn(serve(listener));

    println!("{:28} {:>8} {:>10} {:>10}", "", "ms", "MB at peak", "curl, ms");
    let (time, peak) = best(10, &format!("{server}/blank"), "up");
    println!("{:28} {:8.1} {:10.1}", "blank page to console line", millis(time), megabytes(peak));
    for download in DOWNLOADS {
        let url = format!("{server}/page/{}/{}", download.count, download.bytes);
        let (time, peak) = best(download.rounds, &url, "success event");
        let curl = curl(&server, download).map_or("-".to_owned(), |time| format!("{:.1}", millis(time)));
        println!("{:28} {:8.1} {:10.1} {curl:>10}", download.name, millis(time), megabytes(peak));
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
