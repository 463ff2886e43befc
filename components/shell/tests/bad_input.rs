//! What can't work ends in a message that says what failed and where, and the exit status for it.

mod common;

use std::net::TcpListener;

use common::*;

/// The run's error reports, as text.
fn errors(ran: &Ran) -> String {
    ran.of_type("error").map(|report| format!("{report}\n")).collect()
}

fn page(files: &'static [(&str, &str)]) -> Server {
    Server::start(move |request, stream| {
        if !respond_file(request, stream, files) {
            respond(stream, "404 Not Found", &[], b"");
        }
    })
}

#[test]
fn bad_usage_exits_with_2() {
    for arguments in [&["run"][..], &["fly"], &["run", "--timeout", "soon", "http://localhost/"]] {
        let output = ferry(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn a_target_that_is_neither_url_nor_folder_is_bad_usage() {
    let ran = run("no such folder", &[]);
    assert_eq!(ran.status, Some(2), "{ran:#?}");
    assert!(ran.stderr.contains("no such folder"), "{ran:#?}");
}

#[test]
fn a_page_that_does_not_exist_is_named() {
    let server = page(&[]);
    let ran = run(&server.url("/missing.html"), &[]);
    assert_eq!(ran.status, Some(1), "{ran:#?}");
    assert!(errors(&ran).contains("/missing.html") && errors(&ran).contains("404"), "{ran:#?}");
}

#[test]
fn a_page_on_a_port_where_nothing_listens_is_named() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let ran = run(&format!("http://localhost:{port}/"), &[]);
    assert_eq!(ran.status, Some(1), "{ran:#?}");
    assert!(errors(&ran).contains(&port.to_string()), "{ran:#?}");
}

#[test]
fn a_host_that_does_not_resolve_is_named() {
    let ran = run("http://does-not-resolve.invalid/", &[]);
    assert_eq!(ran.status, Some(1), "{ran:#?}");
    assert!(errors(&ran).contains("does-not-resolve.invalid"), "{ran:#?}");
}

#[test]
fn a_syntax_error_is_reported_with_its_place() {
    let server = page(&[("/", "<script src=/bad.js></script>"), ("/bad.js", "let a = 1;\nlet b = ;\n")]);
    let ran = run(&server.url("/"), &[]);
    let error = ran.of_type("error").next().unwrap_or_else(|| panic!("{ran:#?}"));
    assert!(error["filename"].as_str().unwrap().ends_with("/bad.js"), "{error}");
    assert_eq!(error["line"], 2, "{error}");
    assert!(error["message"].as_str().unwrap().starts_with("SyntaxError"), "{error}");
}

#[test]
fn a_worker_that_throws_while_it_is_evaluated_rejects_its_registration() {
    let server = page(&[
        ("/", "<script>navigator.serviceWorker.register('/w.js').catch(e => console.log(e.name))</script>"),
        ("/w.js", "throw new Error('not today');"),
    ]);
    let ran = run(&server.url("/"), &[]);
    assert!(ran.console().contains(&"TypeError"), "{ran:#?}");
    assert!(errors(&ran).contains("not today"), "{ran:#?}");
}

#[test]
fn a_worker_that_throws_at_install_never_becomes_active() {
    let server = page(&[
        (
            "/",
            "<script>navigator.serviceWorker.register('/w.js').then(r => {
               const worker = r.installing;
               worker.onstatechange = () => console.log(worker.state);
             })</script>",
        ),
        ("/w.js", "oninstall = event => event.waitUntil(Promise.reject(new Error('no room')));"),
    ]);
    let ran = run(&server.url("/"), &[]);
    assert_eq!(ran.console(), ["redundant"], "{ran:#?}");
}

#[test]
fn a_corrupt_profile_is_set_aside_and_said_so() {
    let server = page(&[("/", "<script>console.log('hello')</script>")]);
    let profile = tempfile::tempdir().unwrap();
    let arguments = ["--profile", profile.path().to_str().unwrap()];
    assert_eq!(run(&server.url("/"), &arguments).status, Some(0));
    let mut databases = 0;
    for entry in std::fs::read_dir(profile.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() && std::fs::read(&path).unwrap().starts_with(b"SQLite format 3\0") {
            std::fs::write(&path, b"this is no database at all, and longer than a header".repeat(100))
                .unwrap();
            databases += 1;
        }
    }
    assert_eq!(databases, 1);
    let ran = run(&server.url("/"), &arguments);
    assert_eq!(ran.status, Some(0), "{ran:#?}");
    let notes: String = ran.of_type("note").map(|note| note.to_string()).collect();
    assert!(notes.contains("set aside"), "{ran:#?}");
    assert_eq!(ran.console(), ["hello"]);
}

#[test]
fn a_profile_in_use_is_refused() {
    let server = page(&[("/", "<script>setTimeout(() => {}, 600000); console.log('up')</script>")]);
    let profile = tempfile::tempdir().unwrap();
    let arguments = ["--profile", profile.path().to_str().unwrap()];
    let mut first = Running::start(&server.url("/"), &arguments);
    first.wait_for("the page runs", |report| report["text"] == "up");
    let second = run(&server.url("/"), &arguments);
    assert_eq!(second.status, Some(1), "{second:#?}");
    assert!(second.stderr.contains("in use"), "{second:#?}");
}
