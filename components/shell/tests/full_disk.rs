//! A disk that gets full during a run: it is said what and where, and the next run, with room again, ends well.

mod common;

use std::process::{Command, Stdio};

use common::*;

const LENGTH: usize = 12 << 20;

const PAGE: &str = "<!doctype html><script>
(async () => {
  await navigator.serviceWorker.register('/worker.js');
  const registration = await navigator.serviceWorker.ready;
  console.log(`there: ${await registration.backgroundFetch.getIds()}`);
  await registration.backgroundFetch.fetch('ep', ['/ep.mp3']);
})();
</script>";

const WORKER: &str = "oninstall = () => skipWaiting();
onbackgroundfetchsuccess = event => event.waitUntil((async () => {
  const [record] = await event.registration.matchAll();
  console.log(`success ${(await (await record.responseReady).arrayBuffer()).byteLength}`);
})());
onbackgroundfetchfail = event => console.log(`fail ${event.registration.failureReason}`);";

fn server() -> (Server, String) {
    let bytes = episode(LENGTH);
    let sum = sha256(&bytes);
    let server = Server::start(move |request, stream| {
        if !respond_file(request, stream, &[("/", PAGE), ("/worker.js", WORKER)]) {
            respond(stream, "200 OK", &[], &bytes);
        }
    });
    (server, sum)
}

/// `ferry run` by a shell, after these commands.
fn shell(before: &str, url: &str, profile: &str) -> Ran {
    let script = format!("{before}; exec \"$0\" run --json --timeout 60 --profile \"$2\" \"$1\"");
    let mut command = Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_ferry"), url, profile]).stdin(Stdio::null());
    Ran::of(command.output().expect("there is a shell"))
}

fn assert_full(ran: &Ran, place: &str) {
    assert_eq!(ran.status, Some(1), "{ran:#?}");
    let told: Vec<_> = ran.of_type("error").map(|error| error["message"].to_string()).collect();
    assert_eq!(told.len(), 1, "{ran:#?}");
    assert!(told[0].contains("the disk is full") && told[0].contains(place), "{told:?}");
    assert_eq!(ran.stored()["result"], "quota-exceeded", "{ran:#?}");
    assert!(ran.stored()["records"][0]["bytes"].as_u64() < Some(LENGTH as u64), "{ran:#?}");
    assert!(ran.console().contains(&"fail quota-exceeded"), "{ran:#?}");
    assert!(!ran.stderr.contains("panicked") && ran.of_type("crash").next().is_none(), "{ran:#?}");
}

fn assert_well(ran: &Ran, sum: &str) {
    assert_eq!(ran.status, Some(0), "{ran:#?}");
    // Nothing of the fetch that failed is taken for one that goes on.
    assert!(ran.console().contains(&"there: "), "{ran:#?}");
    assert_eq!(ran.stored()["records"][0]["sha256"], sum);
    assert!(ran.console().contains(&format!("success {LENGTH}").as_str()), "{ran:#?}");
}

#[test]
fn a_file_that_may_not_grow_ends_the_fetch_and_more_room_lets_it_succeed() {
    let (server, sum) = server();
    let profile = tempfile::tempdir().unwrap();
    let place = profile.path().to_str().unwrap();
    // No file may have more than six megabytes.
    let ran = shell("trap '' XFSZ; ulimit -f 12288", &server.url("/"), place);
    assert_full(&ran, place);
    assert_well(&shell(":", &server.url("/"), place), &sum);
}

#[test]
fn a_disk_without_room_ends_the_fetch_and_more_room_lets_it_succeed() {
    let (server, sum) = server();
    let folder = tempfile::tempdir().unwrap();
    let [disk, first, second] = ["disk", "first", "second"].map(|name| folder.path().join(name));
    std::fs::create_dir(&disk).unwrap();
    // A disk that is seen by these processes alone, with less room than is needed, until something else goes.
    let script = r#"mount -t tmpfs -o size=100m none "$3" && head -c 94m /dev/zero >"$3/other" || exit 77
        "$1" run --json --timeout 60 --profile "$3/profile" "$2" >"$4"; echo "$?" >"$4.status"
        rm "$3/other"
        "$1" run --json --timeout 60 --profile "$3/profile" "$2" >"$5"; echo "$?" >"$5.status""#;
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_ferry")])
        .arg(server.url("/"))
        .args([&disk, &first, &second])
        .stdin(Stdio::null())
        .output()
        .expect("there is unshare");
    let stderr = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(77) || stderr.starts_with("unshare:") {
        eprintln!("SKIPPED: not run, since this machine does not allow a small disk to be made: {stderr}");
        return;
    }
    let ran = |reports: &std::path::Path| {
        let status = std::fs::read_to_string(reports.with_extension("status")).unwrap();
        Ran::of_parts(status.trim().parse().ok(), &std::fs::read_to_string(reports).unwrap(), &stderr)
    };
    assert_full(&ran(&first), disk.to_str().unwrap());
    assert_well(&ran(&second), &sum);
}
