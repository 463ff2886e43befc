//! Background fetches, from a page's script over the service and its store to a worker's events and back.

use crate::support::{Site, World};

/// A worker that tells of every event of background fetch, with all its records.
const TELLING_WORKER: &str = r#"
    const tell = event => event.waitUntil((async () => {
        const { id, result, failureReason, downloaded, recordsAvailable } = event.registration;
        const records = await event.registration.matchAll();
        const texts = await Promise.all(records.map(async ({ request, responseReady }) => {
            try {
                const response = await responseReady;
                return `${new URL(request.url).pathname}=${response.status}:${await response.text()}`;
            } catch (error) {
                return `${new URL(request.url).pathname}=${error.name}`;
            }
        }));
        console.log(event.type, event.constructor.name, event.isTrusted, id, result, failureReason, downloaded,
            recordsAvailable, texts.join());
    })());
    for (const what of ["success", "fail", "abort", "click"]) self[`onbackgroundfetch${what}`] = tell;
"#;

fn site() -> Site {
    Site::default()
        .script("/sw.js", TELLING_WORKER)
        .file("/a.txt", "first")
        .file("/b.txt", "second body")
        .status("/missing", 404, "not for anybody")
        .echo("/echo")
        .held("/slow")
}

#[test]
fn a_fetch_whose_requests_all_succeed_fires_a_success_event() {
    let world = World::new(site().page(
        "/",
        r#"
        const { backgroundFetch } = await ready();
        const fetch = await backgroundFetch.fetch("ep-5", ["/a.txt", "b.txt"], {
            title: "Episode 5", icons: [{ src: "icon.png", sizes: "64x64" }], downloadTotal: 16,
        });
        console.log(fetch instanceof BackgroundFetchRegistration, fetch.id, fetch.downloadTotal, fetch.uploadTotal,
            fetch.result === "", fetch.failureReason === "", fetch.recordsAvailable);
        "#,
    ));
    world.open("/").logs("true ep-5 16 0 true true true");
    world.worker().logs(
        "backgroundfetchsuccess BackgroundFetchUpdateUIEvent true ep-5 success  16 true /a.txt=200:first,/b.txt=200:second body",
    );
}

#[test]
fn progress_events_tell_of_bytes_and_of_the_end() {
    let world = World::new(site().page(
        "/",
        r#"
        const { backgroundFetch } = await ready();
        const fetch = await backgroundFetch.fetch("id", "/slow");
        fetch.onprogress = ({ target, type, isTrusted, bubbles }) =>
            console.log(type, target === fetch, isTrusted, bubbles, fetch.downloaded, fetch.result);
        console.log("started");
        "#,
    ));
    let slow = world.site().hold("/slow");
    let page = world.open("/");
    page.logs("started");
    let body = slow.next().respond();
    body.send("12345");
    page.logs("progress true true false 5 ");
    body.send("678");
    page.logs("progress true true false 8 ");
    drop(body);
    page.logs("progress true true false 8 success");
    world.worker().logs(
        "backgroundfetchsuccess BackgroundFetchUpdateUIEvent true id success  8 true /slow=200:12345678",
    );
}

#[test]
fn after_the_event_the_records_are_gone() {
    let world = World::new(site().page(
        "/",
        r#"
        const { backgroundFetch } = await ready();
        const fetch = await backgroundFetch.fetch("id", "/a.txt");
        await new Promise(resolve => {
            const look = () => fetch.recordsAvailable ? setTimeout(look, 10) : resolve();
            look();
        });
        console.log(fetch.result, await outcome(fetch.match("/a.txt")), await outcome(fetch.matchAll()));
        console.log(await backgroundFetch.get("id"), (await backgroundFetch.getIds()).length);
        console.log(await fetch.abort());
        "#,
    ));
    let page = world.open("/");
    page.logs("success InvalidStateError InvalidStateError");
    page.logs("undefined 0");
    page.logs("false");
}

#[test]
fn a_status_that_is_not_ok_fails_the_fetch_and_shows_no_body() {
    let world = World::new(
        site().page("/", r#"await (await ready()).backgroundFetch.fetch("id", ["/a.txt", "/missing"]);"#),
    );
    world.open("/");
    world.worker().logs(
        "backgroundfetchfail BackgroundFetchUpdateUIEvent true id failure bad-status 5 true /a.txt=200:first,/missing=404:",
    );
}

#[test]
fn a_network_error_fails_the_fetch_and_rejects_the_response() {
    let world =
        World::new(site().page(
            "/",
            r#"await (await ready()).backgroundFetch.fetch("id", "/slow"); console.log("started");"#,
        ));
    let slow = world.site().hold("/slow");
    world.open("/").logs("started");
    slow.next().fail();
    world.worker().logs(
        "backgroundfetchfail BackgroundFetchUpdateUIEvent true id failure fetch-error 0 true /slow=TypeError",
    );
}

#[test]
fn more_bytes_than_announced_fail_the_fetch() {
    let world = World::new(site().page(
        "/",
        r#"
        const { backgroundFetch } = await ready();
        await backgroundFetch.fetch("id", "/a.txt", { downloadTotal: 4 });
        "#,
    ));
    world.open("/");
    world.worker().logs(
        "backgroundfetchfail BackgroundFetchUpdateUIEvent true id failure download-total-exceeded 0 true /a.txt=TypeError",
    );
}

#[test]
fn abort_resolves_true_once_and_fires_an_abort_event() {
    let world = World::new(site().page(
        "/",
        r#"
        const { backgroundFetch } = await ready();
        const fetch = await backgroundFetch.fetch("id", "/slow");
        console.log("started");
        const record = await fetch.match("/slow");
        const reader = (await record.responseReady).body.getReader();
        await reader.read();
        fetch.onprogress = () => { if (fetch.result) console.log(fetch.result, fetch.failureReason); };
        console.log(await fetch.abort(), await fetch.abort(), (await backgroundFetch.getIds()).length);
        console.log(await outcome(reader.read()));
        "#,
    ));
    let slow = world.site().hold("/slow");
    let page = world.open("/");
    page.logs("started");
    let body = slow.next().respond();
    body.send("some");
    page.logs_in_any_order(&["true false 0", "failure aborted", "AbortError"]);
    world
        .worker()
        .logs("backgroundfetchabort BackgroundFetchEvent true id failure aborted 4 true /slow=AbortError");
}

#[test]
fn a_body_can_be_read_while_it_downloads() {
    let world = World::new(site().page(
        "/",
        r#"
        const { backgroundFetch } = await ready();
        const fetch = await backgroundFetch.fetch("id", "/slow");
        console.log("started");
        const { responseReady } = await fetch.match("/slow");
        const reader = (await responseReady).body.getReader();
        for (let part; !(part = await reader.read()).done;) console.log(new TextDecoder().decode(part.value));
        console.log("end");
        "#,
    ));
    let slow = world.site().hold("/slow");
    let page = world.open("/");
    page.logs("started");
    let body = slow.next().respond();
    body.send("one");
    page.logs("one");
    body.send("two");
    page.logs("two");
    drop(body);
    page.logs("end");
}

#[test]
fn get_gives_the_same_object_and_get_ids_the_order() {
    let world = World::new(site().page(
        "/",
        r#"
        const { backgroundFetch } = await ready();
        const one = await backgroundFetch.fetch("one", "/slow");
        await backgroundFetch.fetch("two", "/slow");
        console.log(await backgroundFetch.get("one") === one, (await backgroundFetch.getIds()).join());
        console.log(await backgroundFetch.get("three"), await outcome(backgroundFetch.get("")));
        console.log(await outcome(backgroundFetch.fetch("one", "/a.txt")));
        console.log(backgroundFetch === (await ready()).backgroundFetch);
        "#,
    ));
    let _slow = world.site().hold("/slow");
    let page = world.open("/");
    page.logs("true one,two");
    page.logs("undefined TypeError");
    page.logs("TypeError");
    page.logs("true");
}

#[test]
fn what_cannot_be_fetched_in_the_background_rejects_at_once() {
    let world = World::new(site().page(
        "/",
        r#"
        const registration = await navigator.serviceWorker.register("/sw.js", { scope: "/later/" });
        console.log("without a worker:", await outcome(registration.backgroundFetch.fetch("id", "/a.txt")));
        const { backgroundFetch } = await ready();
        const aborted = AbortSignal.abort();
        for (const [id, requests, options] of [
            ["", "/a.txt"],
            ["id", []],
            ["id", "https://user:password@site.test/"],
            ["id", "https://:0/"],
            ["id", new Request("/a.txt", { mode: "no-cors" })],
            ["id", new Request("/a.txt", { signal: aborted })],
            ["id", "/a.txt", { icons: [{ src: "https://:0/" }] }],
            ["id", "/a.txt", { downloadTotal: Number.MAX_SAFE_INTEGER }],
        ]) console.log(await outcome(backgroundFetch.fetch(id, requests, options)));
        console.log((await backgroundFetch.getIds()).length);
        "#,
    ));
    world.store().set_quota(Some(1 << 30));
    let page = world.open("/");
    page.logs("without a worker: TypeError");
    for error in [
        "TypeError",
        "TypeError",
        "TypeError",
        "TypeError",
        "TypeError",
        "AbortError",
        "TypeError",
        "QuotaExceededError",
    ] {
        page.logs(error);
    }
    page.logs("0");
    assert!(!world.site().requests().iter().any(|request| request.ends_with("/a.txt")));
}

#[test]
fn a_denied_permission_rejects_with_not_allowed() {
    let world =
        World::new(site().page(
            "/",
            r#"console.log(await outcome((await ready()).backgroundFetch.fetch("id", "/a.txt")));"#,
        ));
    world.deny_permissions();
    world.open("/").logs("NotAllowedError");
}

#[test]
fn a_request_body_is_uploaded_and_counted() {
    let world = World::new(site().page(
        "/",
        r#"
        const { backgroundFetch } = await ready();
        const upload = new Request("/echo", { method: "POST", body: "Background Fetch!" });
        const fetch = await backgroundFetch.fetch("id", [upload]);
        console.log(fetch.uploadTotal, upload.bodyUsed);
        fetch.onprogress = () => { if (fetch.result) console.log(fetch.uploaded); };
        "#,
    ));
    let page = world.open("/");
    page.logs("17 true");
    world.worker().logs(
        "backgroundfetchsuccess BackgroundFetchUpdateUIEvent true id success  17 true /echo=200:Background Fetch!",
    );
}

#[test]
fn match_looks_at_url_method_and_options() {
    let world = World::new(site().page(
        "/",
        r#"
        const { backgroundFetch } = await ready();
        const put = new Request("/slow", { method: "PUT" });
        const fetch = await backgroundFetch.fetch("id", ["/slow", "/slow", "/slow?query", put]);
        const count = async (...query) => (await fetch.matchAll(...query)).length;
        console.log(await count(), await count("/slow"), await count("/slow", { ignoreSearch: true }),
            await count("/slow", { ignoreMethod: true }), await count(put), await count("/other"));
        const record = await fetch.match("/slow?query");
        console.log(record instanceof BackgroundFetchRecord, record.request.url, record.request === record.request,
            record.responseReady === record.responseReady, await fetch.match("/other"));
        console.log(await outcome(fetch.match("https://:0/")));
        "#,
    ));
    let _slow = world.site().hold("/slow");
    let page = world.open("/");
    page.logs("4 2 3 3 1 0");
    page.logs("true https://site.test/slow?query true true undefined");
    page.logs("TypeError");
}

#[test]
fn update_ui_works_once_while_the_event_is_active() {
    let world = World::new(
        Site::default()
            .script(
                "/sw.js",
                r#"
                const outcome = promise => promise.then(value => `resolved: ${value}`, error => error.name);
                onbackgroundfetchsuccess = event => {
                    const made = new BackgroundFetchUpdateUIEvent("made", { registration: event.registration });
                    event.waitUntil((async () => {
                        console.log(await outcome(event.updateUI({ title: "Done" })));
                        console.log(await outcome(event.updateUI({ title: "Again" })));
                        console.log(made.registration === event.registration, await outcome(made.updateUI()));
                        console.log("finished");
                        await new Promise(() => {});
                    })());
                };
                onbackgroundfetchfail = event =>
                    setTimeout(async () => console.log(await outcome(event.updateUI({ title: "Late" }))));
                "#,
            )
            .file("/a.txt", "")
            .page(
                "/",
                r#"
                const { backgroundFetch } = await ready();
                await backgroundFetch.fetch("id", "/a.txt", { title: "Started" });
                await backgroundFetch.fetch("fails", "/missing");
                "#,
            ),
    );
    world.open("/");
    let worker = world.worker();
    let late = "InvalidStateError";
    worker.logs_in_any_order(&["resolved: undefined", late, "true InvalidStateError", "finished", late]);
    // The event goes on, so that the fetch is still kept.
    assert!(world.titles().contains(&"Done".to_owned()));
}

#[test]
fn a_fetch_can_be_started_and_followed_in_the_worker() {
    let world = World::new(
        Site::default()
            .script(
                "/sw.js",
                r#"
                onmessage = event => event.waitUntil((async () => {
                    self.followed = await registration.backgroundFetch.fetch("from-worker", "/a.txt");
                    console.log(followed.id);
                })());
                onbackgroundfetchsuccess = event => console.log("same object:", event.registration === followed);
                "#,
            )
            .file("/a.txt", "text")
            .page("/", "(await ready()).active.postMessage('');"),
    );
    world.open("/");
    let worker = world.worker();
    worker.logs("from-worker");
    worker.logs("same object: true");
}

#[test]
fn a_page_of_the_same_origin_follows_a_fetch_of_another() {
    let world = World::new(
        site()
            .page(
                "/",
                r#"await (await ready()).backgroundFetch.fetch("id", "/slow"); console.log("started");"#,
            )
            .page(
                "/second",
                r#"
                const fetch = await (await navigator.serviceWorker.ready).backgroundFetch.get("id");
                fetch.onprogress = () => console.log(fetch.downloaded, fetch.result);
                console.log("following", fetch.downloaded);
                "#,
            ),
    );
    let slow = world.site().hold("/slow");
    world.open("/").logs("started");
    let body = slow.next().respond();
    let second = world.open("/second");
    second.logs("following 0");
    body.send("123");
    second.logs("3 ");
    drop(body);
    second.logs("3 success");
}

#[test]
fn unregistering_ends_the_fetch_without_an_event() {
    let world = World::new(site().page(
        "/",
        r#"
        const registration = await ready();
        const fetch = await registration.backgroundFetch.fetch("id", "/slow");
        console.log("started");
        await registration.unregister();
        console.log(await outcome(fetch.matchAll()), await fetch.abort());
        "#,
    ));
    let slow = world.site().hold("/slow");
    let page = world.open("/");
    page.logs("started");
    let exchange = slow.next();
    page.logs("InvalidStateError false");
    world.wait_for(exchange.cancelled());
    assert!(world.store().committed().is_empty());
}

#[test]
fn a_click_on_the_display_fires_a_click_event() {
    let world = World::new(
        Site::default()
            .script(
                "/sw.js",
                r#"
                onbackgroundfetchclick = event =>
                    console.log(event.type, event.constructor.name, event.registration.id, event.registration.result);
                "#,
            )
            .held("/slow")
            .page("/", r#"await (await ready()).backgroundFetch.fetch("id", "/slow"); console.log("started");"#),
    );
    let _slow = world.site().hold("/slow");
    world.open("/").logs("started");
    world.click();
    world.worker().logs("backgroundfetchclick BackgroundFetchEvent id ");
}

#[test]
fn a_click_lets_the_worker_focus_a_window_once() {
    let world = World::new(
        Site::default()
            .script(
                "/sw.js",
                r#"
                onbackgroundfetchclick = event => event.waitUntil((async () => {
                    const all = await clients.matchAll({ includeUncontrolled: true });
                    const frame = all.find(({ url }) => url.endsWith("/frame"));
                    const focused = await frame.focus();
                    console.log(focused.constructor.name, frame.focused, focused.focused, focused.id === frame.id);
                    await frame.focus().catch(error => console.log(error.name));
                })());
                "#,
            )
            .held("/slow")
            .document("/frame", "<script>onfocus = () => parent.console.log('focused')</script>")
            .page(
                "/",
                r#"
                const registration = await ready(), frame = document.createElement("iframe");
                frame.src = "/frame";
                await new Promise(resolve => { frame.onload = resolve; document.documentElement.append(frame); });
                await registration.backgroundFetch.fetch("id", "/slow");
                console.log("started");
                "#,
            ),
    );
    let _slow = world.site().hold("/slow");
    let page = world.open("/");
    page.logs("started");
    world.click();
    page.logs("focused");
    world.worker().logs("WindowClient false true true");
    world.worker().logs("InvalidAccessError");
}

#[test]
fn an_event_that_ends_with_its_worker_comes_again() {
    let world = World::new(
        Site::default()
            .script(
                "/sw.js",
                r#"
                onbackgroundfetchsuccess = event => event.waitUntil((async () => {
                    const [{ responseReady }] = await event.registration.matchAll();
                    console.log(event.registration.id, await (await responseReady).text());
                    await new Promise(() => {});
                })());
                "#,
            )
            .file("/a.txt", "text")
            .page("/", r#"await (await ready()).backgroundFetch.fetch("id", "/a.txt");"#),
    );
    world.open("/");
    let worker = world.worker();
    worker.logs("id text");
    world.stop_worker();
    worker.logs("id text");
}

#[test]
fn an_event_whose_listener_throws_or_rejects_was_handled() {
    let world = World::new(
        Site::default()
            .script(
                "/sw.js",
                r#"
                onbackgroundfetchsuccess = event => {
                    event.waitUntil(Promise.reject(new Error("rejected")));
                    throw new Error("thrown");
                };
                "#,
            )
            .file("/a.txt", "text")
            .page(
                "/",
                r#"
                const fetch = await (await ready()).backgroundFetch.fetch("id", "/a.txt");
                while (fetch.recordsAvailable) await new Promise(resolve => setTimeout(resolve));
                console.log("over");
                "#,
            ),
    );
    let page = world.open("/");
    world.worker().logs("reported: Error: thrown (https://site.test/sw.js:4:27)");
    page.logs("over");
    assert!(world.store().committed().is_empty());
}
