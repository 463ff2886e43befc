//! What the end-to-end tests share: the real program, and a loopback server that does as a test says.

#![allow(dead_code, reason = "each test program uses its own part of this module")]

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use sha2::{Digest, Sha256};

/// `ferry` with these arguments, not yet started.
pub fn ferry(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ferry"));
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Runs `ferry run --json URL …` to its end.
pub fn run(url: &str, more: &[&str]) -> Ran {
    let mut arguments = vec!["run", "--json", "--timeout", "60", url];
    arguments.extend(more);
    Ran::of(ferry(&arguments).output().expect("the program starts"))
}

/// A run that is over.
#[derive(Debug)]
pub struct Ran {
    /// The exit status; `None` if a signal ended it.
    pub status: Option<i32>,
    /// The reports.
    pub reports: Vec<Value>,
    /// What it said on standard error.
    pub stderr: String,
}

impl Ran {
    /// What a process has left.
    pub fn of(output: Output) -> Ran {
        let stdout = String::from_utf8(output.stdout).expect("reports are UTF-8");
        Ran::of_parts(output.status.code(), &stdout, &String::from_utf8_lossy(&output.stderr))
    }

    /// The same, in parts.
    pub fn of_parts(status: Option<i32>, stdout: &str, stderr: &str) -> Ran {
        Ran { status, reports: stdout.lines().map(parse).collect(), stderr: stderr.to_owned() }
    }

    /// The reports of one type.
    pub fn of_type<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.reports.iter().filter(move |report| report["type"] == kind)
    }

    /// The texts of console lines.
    pub fn console(&self) -> Vec<&str> {
        self.of_type("console").filter_map(|report| report["text"].as_str()).collect()
    }

    /// The one report of what was stored.
    pub fn stored(&self) -> &Value {
        let stored: Vec<_> = self.of_type("stored").collect();
        assert_eq!(stored.len(), 1, "one fetch is stored: {self:#?}");
        stored[0]
    }
}

fn parse(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in the report {line:?}"))
}

/// A `ferry run --json` that goes on.
pub struct Running {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Running {
    /// Starts it.
    pub fn start(url: &str, more: &[&str]) -> Running {
        let mut arguments = vec!["run", "--json", "--timeout", "60", url];
        arguments.extend(more);
        let mut child = ferry(&arguments).stdout(Stdio::piped()).spawn().expect("the program starts");
        let stdout = child.stdout.take().expect("standard output is a pipe");
        Running { child, lines: BufReader::new(stdout).lines() }
    }

    /// Waits for a report.
    pub fn wait_for(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        for line in self.lines.by_ref() {
            let report = parse(&line.expect("standard output can be read"));
            if wanted(&report) {
                return report;
            }
        }
        panic!("the program ended before {what}");
    }

    /// Kills it as nothing can be caught: SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().expect("it still runs");
        self.child.wait().expect("it is our child");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may be over already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A request as the server read it.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path, with its query.
    pub path: String,
    /// The headers, names in lower case.
    pub headers: HashMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

type Handler = dyn Fn(&Request, &mut TcpStream) + Send + Sync;

/// A server on a loopback port, a thread for each connection, one request for each connection.
pub struct Server {
    port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Starts it. The handler writes whole responses, with [`respond`] or by hand.
    pub fn start(handler: impl Fn(&Request, &mut TcpStream) + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
        let port = listener.local_addr().expect("its address").port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (handler, seen): (Arc<Handler>, _) = (Arc::new(handler), requests.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(stream), handler, seen) = (stream, handler.clone(), seen.clone()) else { continue };
                std::thread::spawn(move || serve(stream, &*handler, &seen));
            }
        });
        Server { port, requests }
    }

    /// A URL on this server.
    pub fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }

    /// The requests for a path so far.
    pub fn requests(&self, path: &str) -> Vec<Request> {
        let all = self.requests.lock().expect("no handler panicked");
        all.iter().filter(|request| request.path == path).cloned().collect()
    }
}

fn serve(mut stream: TcpStream, handler: &Handler, seen: &Mutex<Vec<Request>>) {
    let Some(request) = read_request(&stream) else { return };
    seen.lock().expect("no handler panicked").push(request.clone());
    handler(&request, &mut stream);
}

fn read_request(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut parts = line.split_whitespace();
    let (method, path) = (parts.next()?.to_owned(), parts.next()?.to_owned());
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { method, path, headers, body })
}

/// Writes a whole response. Whether the peer still listens is its own affair.
pub fn respond(stream: &mut TcpStream, status: &str, headers: &[(&str, &str)], body: &[u8]) {
    let mut head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n", body.len());
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    let _ = stream.write_all(format!("{head}\r\n").as_bytes()).and_then(|()| stream.write_all(body));
}

/// Serves a page's own files from memory: path → text. False for a path that is none of them.
pub fn respond_file(request: &Request, stream: &mut TcpStream, files: &[(&str, &str)]) -> bool {
    let Some((path, text)) = files.iter().find(|(path, _)| *path == request.path) else { return false };
    let mime = if path.ends_with(".js") { "text/javascript" } else { "text/html;charset=utf-8" };
    respond(stream, "200 OK", &[("Content-Type", mime)], text.as_bytes());
    true
}

/// Bytes that differ everywhere.
pub fn episode(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8 ^ (at >> 8) as u8).collect()
}

/// SHA-256 in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The podcast page in `tests/pages`.
pub fn podcast() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/pages/podcast");
    folder.to_str().expect("the checkout's path is UTF-8").to_owned()
}
