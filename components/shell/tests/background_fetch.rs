//! The whole way, through the real program and a real server: a page, its worker, bytes on disk.

mod common;

use std::io::Write;
use std::sync::Mutex;
use std::sync::mpsc;

use common::*;

const PAGE: &str = r#"<!doctype html><script>
(async () => {
  await navigator.serviceWorker.register('/worker.js');
  const registration = await navigator.serviceWorker.ready;
  const found = await registration.backgroundFetch.get('ep');
  console.log(found ? 'found' : 'new');
  if (found) await fetch('/found');
  const download = found ?? await registration.backgroundFetch.fetch('ep', ['/ep.mp3'], {title: 'Episode'});
  download.onprogress = () => {
    if (download.result) console.log(`page: ${download.result}${download.failureReason}`);
  };
})();
</script>"#;

const WORKER: &str = r#"
oninstall = () => skipWaiting();
for (const type of ['backgroundfetchsuccess', 'backgroundfetchfail', 'backgroundfetchabort'])
  addEventListener(type, event => event.waitUntil((async () => {
    const texts = [];
    for (const record of await event.registration.matchAll()) {
      const response = await record.responseReady.catch(error => error);
      texts.push(response instanceof Response
          ? `${response.status}:${(await response.arrayBuffer()).byteLength}` : response.name);
    }
    console.log(`worker: ${type} ${event.registration.failureReason} ${texts}`);
    if (event.updateUI) await event.updateUI({title: 'Done'});
  })()));
"#;

const FILES: &[(&str, &str)] = &[("/", PAGE), ("/worker.js", WORKER)];

#[test]
fn a_page_downloads_and_its_worker_is_told() {
    let bytes = episode(300_000);
    let (served, sum) = (bytes.clone(), sha256(&bytes));
    let server = Server::start(move |request, stream| {
        if !respond_file(request, stream, FILES) {
            respond(stream, "200 OK", &[("Content-Type", "audio/mpeg")], &served);
        }
    });
    let ran = run(&server.url("/"), &[]);
    assert_eq!(ran.status, Some(0), "{ran:#?}");
    let stored = ran.stored();
    assert_eq!(stored["result"], "success");
    assert_eq!(stored["records"][0]["status"], 200);
    assert_eq!(stored["records"][0]["bytes"], 300_000);
    assert_eq!(stored["records"][0]["sha256"], sum);
    let console = ran.console();
    assert!(console.contains(&"worker: backgroundfetchsuccess  200:300000"), "{console:?}");
    assert!(console.contains(&"page: success"), "{console:?}");
}

#[test]
fn a_bad_status_fails_the_fetch_and_the_run() {
    let server = Server::start(|request, stream| {
        if !respond_file(request, stream, FILES) {
            respond(stream, "404 Not Found", &[], b"gone");
        }
    });
    let ran = run(&server.url("/"), &[]);
    assert_eq!(ran.status, Some(1), "{ran:#?}");
    assert_eq!(ran.stored()["result"], "bad-status");
    let console = ran.console();
    // SD-69: of such a response status and headers are kept, but not the body.
    assert!(console.contains(&"worker: backgroundfetchfail bad-status 404:0"), "{console:?}");
}

#[test]
fn killed_in_the_middle_the_next_run_ends_with_equal_bytes() {
    const LENGTH: usize = 4 << 20;
    const FIRST: usize = 3 << 20;
    let bytes = episode(LENGTH);
    let sum = sha256(&bytes);
    // The first answer stops after FIRST bytes, until the test lets it go.
    let (release, held) = mpsc::channel::<()>();
    // The second answer waits until the page has found the fetch.
    let (find, found) = mpsc::channel::<()>();
    let (held, found) = (Mutex::new(held), Mutex::new(found));
    let server = Server::start(move |request, stream| {
        if respond_file(request, stream, FILES) {
            return;
        }
        if request.path == "/found" {
            find.send(()).expect("the receiver lives as long as the server");
            return respond(stream, "204 No Content", &[], b"");
        }
        match request.headers.get("range") {
            None => {
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {LENGTH}\r\nETag: \"one\"\r\n\r\n");
                let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&bytes[..FIRST]));
                let _ = held.lock().expect("one at a time").recv();
            }
            Some(range) => {
                found.lock().expect("one at a time").recv().expect("the sender lives as long as the server");
                let start: usize = range
                    .strip_prefix("bytes=")
                    .and_then(|range| range.strip_suffix('-'))
                    .unwrap()
                    .parse()
                    .unwrap();
                let content_range = format!("bytes {start}-{}/{LENGTH}", LENGTH - 1);
                let headers = [("ETag", "\"one\""), ("Content-Range", &content_range)];
                respond(stream, "206 Partial Content", &headers, &bytes[start..]);
            }
        }
    });
    let profile = tempfile::tempdir().unwrap();
    let profile = ["--profile", profile.path().to_str().unwrap()];

    let mut first = Running::start(&server.url("/"), &profile);
    first.wait_for("bytes were stored", |report| {
        report["type"] == "progress" && report["downloaded"].as_u64() >= Some(1 << 20)
    });
    first.kill();
    drop(release);

    let ran = run(&server.url("/"), &profile);
    assert_eq!(ran.status, Some(0), "{ran:#?}");
    assert!(ran.console().contains(&"found"), "{ran:#?}");
    assert_eq!(ran.stored()["records"][0]["sha256"], sum);

    // It went on where it had been, and asked for the same representation.
    let requests = server.requests("/ep.mp3");
    assert_eq!(requests.len(), 2, "{requests:#?}");
    assert_eq!(requests[1].headers.get("if-range").map(String::as_str), Some("\"one\""));
    let start = requests[1].headers["range"].strip_prefix("bytes=").unwrap().strip_suffix('-').unwrap();
    assert!(start.parse::<usize>().unwrap() >= 1 << 20, "{start}");
}

#[test]
fn a_body_that_is_cut_is_resumed_within_a_run() {
    const LENGTH: usize = 1 << 20;
    let bytes = episode(LENGTH);
    let sum = sha256(&bytes);
    let server = Server::start(move |request, stream| {
        if respond_file(request, stream, FILES) {
            return;
        }
        match request.headers.get("range") {
            None => {
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {LENGTH}\r\nETag: \"one\"\r\n\r\n");
                let _ =
                    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&bytes[..LENGTH / 2]));
            }
            Some(range) => {
                let start: usize = range
                    .strip_prefix("bytes=")
                    .and_then(|range| range.strip_suffix('-'))
                    .unwrap()
                    .parse()
                    .unwrap();
                let content_range = format!("bytes {start}-{}/{LENGTH}", LENGTH - 1);
                let headers = [("ETag", "\"one\""), ("Content-Range", &content_range)];
                respond(stream, "206 Partial Content", &headers, &bytes[start..]);
            }
        }
    });
    let ran = run(&server.url("/"), &[]);
    assert_eq!(ran.status, Some(0), "{ran:#?}");
    assert_eq!(ran.stored()["records"][0]["sha256"], sum);
    // SD-35: put together from parts that the page did not ask for.
    assert_eq!(ran.stored()["records"][0]["status"], 200);
}
