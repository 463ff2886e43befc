//! Frames: their documents and windows, how they are navigated, and how they end.

use script::embedder::ErrorKind;

use crate::support::{FakeBody, FakeNetwork, FakeResponse, Page, Setup, wait_until_closed};

/// A page with what its frames show.
fn page_with(documents: &[(&str, &str)]) -> Page {
    let setup = Setup::default();
    serve(&setup.network, documents);
    Page::with(setup)
}

fn serve(network: &FakeNetwork, documents: &[(&str, &str)]) {
    for (url, html) in documents {
        network.serve(url, FakeResponse::new("text/html", *html));
    }
}

/// `frame(attributes)`: resolves with a frame in the body, once it is loaded.
const FRAME: &str = "const frame = attributes => new Promise(resolve => {
        const frame = document.createElement('iframe');
        Object.assign(frame, attributes);
        frame.onload = () => resolve(frame);
        document.body.append(frame);
    });";

#[test]
fn a_frame_without_a_source_is_there_at_once() {
    let page = Page::open();
    let script = "const frame = document.createElement('iframe'), log = [frame.contentWindow];
        frame.onload = () => log.push('load');
        document.body.append(frame);
        log.push('inserted', frame.contentDocument.URL, frame.contentDocument.body.localName, length);
        const w = frame.contentWindow;
        return log.concat([w === frames[0], w.parent === window, w.top === window, w.frameElement === frame,
            w.document === frame.contentDocument, frame.contentDocument.defaultView === w, w.origin,
            w.isSecureContext, w.self === w, w !== window, w.Array !== Array, w.eval('this') === w,
            w.eval('globalThis') === w, w.eval('parent.length')]);";
    assert_eq!(
        page.eval_async(script),
        r#"[null,"load","inserted","about:blank","body",1,true,true,true,true,true,true,"https://page.test",true,true,true,true,true,true,1]"#
    );
}

#[test]
fn a_document_is_told_when_it_is_shown_and_when_it_is_over() {
    let page = page_with(&[
        (
            "https://page.test/outer.html",
            "<body onpageshow='console.log(1)'><script>top.follow(window, 'outer')</script><iframe src=inner.html></iframe>",
        ),
        ("https://page.test/inner.html", "<script>top.follow(window, 'inner')</script>"),
        ("https://page.test/next.html", ""),
        (
            "https://page.test/stays.html",
            "<script>onunload = () => parent.document.querySelector('iframe').remove()</script>",
        ),
    ]);
    page.run(&format!(
        "{FRAME} window.follow = (window, name) => {{
            for (const type of ['load', 'pageshow', 'pagehide', 'unload']) {{
                window.addEventListener(type, event => console.log(name, type, event.target === window.document,
                    event.persisted, event.bubbles));
            }}
        }};
        let f; frame({{src: 'outer.html'}}).then(loaded => f = loaded);"
    ));
    let show = [
        "inner load true undefined false",
        "inner pageshow true false true",
        "outer load true undefined false",
    ];
    let shown = ["1", "outer pageshow true false true"];
    assert_eq!(page.console(), [&show[..], &shown[..]].concat());
    // Inner ones first; once.
    page.run("f.src = 'next.html'");
    let hide = [
        "inner pagehide true false true",
        "inner unload true undefined false",
        "outer pagehide true false true",
        "outer unload true undefined false",
    ];
    assert_eq!(page.console(), hide);
    for remove in ["f.remove()", "f.parentNode.removeChild(f)"] {
        page.run("if (!f.isConnected) document.body.append(f); f.src = 'outer.html'");
        page.console();
        page.run(remove);
        assert_eq!(page.console(), hide, "{remove}");
    }
    // What it does then to its frame is done.
    page.run("f = null; frame({src: 'stays.html'}).then(loaded => f = loaded)");
    page.run("f.src = 'next.html'");
    assert_eq!(page.eval("[f.isConnected, length]"), "[false,0]");
}

#[test]
fn what_is_to_stay_alive_is_fetched_by_a_document_that_is_over() {
    let page = page_with(&[(
        "https://page.test/frame.html",
        "<script>onunload = () => { fetch('/kept', { keepalive: true }); fetch('/not-kept'); }</script>",
    )]);
    page.run(&format!("{FRAME} frame({{src: 'frame.html'}}).then(frame => frame.remove())"));
    assert!(page.network.urls().contains(&"https://page.test/kept".to_owned()), "{:?}", page.network.urls());
}

#[test]
fn a_frame_shows_what_its_source_names() {
    let page = page_with(&[(
        "https://page.test/frame.html",
        "<!doctype html><title>inner</title><script>ran = document.currentScript !== null</script>",
    )]);
    let script = format!(
        "{FRAME} const f = await frame({{src: '/frame.html'}}), w = f.contentWindow;
        return [w.document.title, w.ran, w.location.href, w.document.readyState, w.document.referrer,
            w.navigator !== navigator, 'ran' in window];"
    );
    assert_eq!(
        page.eval_async(&script),
        r#"["inner",true,"https://page.test/frame.html","complete","https://page.test/",true,false]"#
    );
    let requests = page.network.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].destination, fetch::Destination::IFrame);
}

#[test]
fn redirects_change_the_referrer_that_a_document_has() {
    let page = Page::open();
    for (path, referrer) in [
        ("/1", Some(fetch::Referrer::Url("https://page.test/".parse().unwrap()))),
        ("/2", Some(fetch::Referrer::NoReferrer)),
        ("/3", None),
    ] {
        let response = FakeResponse { referrer, ..FakeResponse::new("text/html", "") };
        page.network.serve(&format!("https://page.test{path}"), response);
    }
    let script = format!(
        "{FRAME} const log = [];
        for (const src of ['/1', '/2', '/3']) log.push((await frame({{src}})).contentDocument.referrer);
        return log;"
    );
    assert_eq!(page.eval_async(&script), r#"["https://page.test/","","https://page.test/"]"#);
}

#[test]
fn the_window_of_a_frame_stays_the_same_object() {
    let page = page_with(&[
        ("https://page.test/1", "<script>which = 1</script>"),
        ("https://page.test/2", "<script>which = 2</script>"),
    ]);
    let script = format!(
        "{FRAME} const f = await frame({{src: '/1'}}), w = f.contentWindow, d = f.contentDocument, log = [w.which];
        const first = w.eval('(() => globalThis)'), E = w.Error;
        await new Promise(resolve => {{ f.onload = resolve; f.src = '/2' }});
        log.push(w.which, w === f.contentWindow, d !== f.contentDocument, d.defaultView, first() === w, E !== w.Error);
        await new Promise(resolve => {{ f.onload = resolve; w.location = '/1' }});
        log.push(w.which);
        await new Promise(resolve => {{ f.onload = resolve; w.location.reload() }});
        log.push(w.which);
        return log;"
    );
    assert_eq!(page.eval_async(&script), "[1,2,true,true,null,true,true,1,1]");
}

#[test]
fn the_first_window_of_a_frame_is_that_of_its_document() {
    let page = page_with(&[("https://page.test/1", "<script>seen = before</script>")]);
    let script = "const f = document.createElement('iframe');
        f.src = '/1';
        document.body.append(f);
        f.contentWindow.before = 'before';
        await new Promise(resolve => f.onload = resolve);
        return [f.contentWindow.seen, f.contentWindow.location.pathname];";
    assert_eq!(page.eval_async(script), r#"["before","/1"]"#);
}

#[test]
fn a_frame_holds_its_document_itself() {
    let page = Page::open();
    let script = format!(
        "{FRAME} const f = await frame({{srcdoc: '<p id=x>y</p><script>here = 1</script>'}});
        const d = f.contentDocument;
        return [d.URL, d.baseURI ?? 'no baseURI', d.getElementById?.('x')?.textContent ?? d.body.firstChild.textContent,
            f.contentWindow.here, f.contentWindow.origin, new f.contentWindow.Request('z').url];"
    );
    let result = page.eval_async(&script);
    assert!(result.starts_with(r#"["about:srcdoc","#), "{result}");
    assert!(result.ends_with(r#""y",1,"https://page.test","https://page.test/z"]"#), "{result}");
}

#[test]
fn frames_in_the_document_delay_its_load_event() {
    let setup = Setup {
        html: "<!doctype html><body onload=\"console.log('load', frames[0].x, frames.length)\">
            <iframe src=/1 onload=\"console.log('frame', this.contentWindow.x)\"></iframe>"
            .into(),
        ..Setup::default()
    };
    serve(&setup.network, &[("https://page.test/1", "<script>x = 1</script>")]);
    let page = Page::with(setup);
    assert_eq!(page.console(), ["frame 1", "load 1 1"]);
}

#[test]
fn frames_nest() {
    let page = page_with(&[
        ("https://page.test/outer", "<iframe src=/inner></iframe>"),
        (
            "https://page.test/inner",
            "<script>parent.parent.told = [top === parent.parent, parent !== top, parent.length]</script>",
        ),
    ]);
    let script = format!("{FRAME} await frame({{src: '/outer'}}); return told;");
    assert_eq!(page.eval_async(&script), "[true,true,1]");
}

#[test]
fn a_frame_does_not_show_what_it_is_in() {
    let page = Page::open();
    page.run("const f = document.createElement('iframe'); f.src = '#x'; document.body.append(f);");
    assert_eq!(page.eval("frames[0].location.href"), "about:blank");
}

#[test]
fn a_removed_frame_has_no_window() {
    let page = Page::open();
    let script = "const f = document.createElement('iframe');
        document.body.append(f);
        const w = f.contentWindow, d = f.contentDocument;
        f.remove();
        return [f.contentWindow, f.contentDocument, w.parent, w.top, w.frameElement, w.closed, w.length, length,
            d.defaultView, w.window === w, w.document === d];";
    assert_eq!(page.eval_async(script), "[null,null,null,null,null,true,0,0,null,true,true]");
}

#[test]
fn nothing_of_a_removed_frame_goes_on() {
    let page = page_with(&[("https://page.test/x", "x")]);
    page.network.serve("https://page.test/never", FakeResponse::of(FakeBody::Silence));
    page.run(
        "const f = document.createElement('iframe');
        document.body.append(f);
        const w = f.contentWindow;
        w.setTimeout(() => console.log('timeout'));
        w.setInterval(() => console.log('interval'), 1);
        w.fetch('/never');
        w.fetch('/x').then(w.eval('() => console.log(\"fetched\")'));
        w.eval('Promise.resolve().then(() => parent.console.log(\"reaction\"))');
        w.AbortSignal.timeout(1).onabort = () => console.log('aborted');
        w.postMessage('x', '*');
        w.onmessage = () => console.log('message');
        f.remove();
        w.setTimeout(() => console.log('another'));",
    );
    assert_eq!(page.console(), [] as [&str; 0]);
}

#[test]
fn a_frame_that_removes_itself_stops_being_parsed() {
    let page = page_with(&[(
        "https://page.test/1",
        "<script>frameElement.remove(); console.log('gone')</script><script>console.log('not this')</script>",
    )]);
    page.run("const f = document.createElement('iframe'); f.src = '/1'; document.body.append(f);");
    assert_eq!(page.console(), ["gone"]);
    assert_eq!(page.eval("length"), "0");
}

#[test]
fn messages_go_to_and_fro_between_frames() {
    let page = page_with(&[(
        "https://page.test/1",
        "<script>onmessage = e => e.source.postMessage([e.data, e.origin, e.source === parent], e.origin)</script>",
    )]);
    let script = format!(
        "{FRAME} const f = await frame({{src: '/1'}});
        const reply = new Promise(resolve => onmessage = resolve);
        f.contentWindow.postMessage('hello', '*');
        const e = await reply;
        return [e.data, e.origin, e.source === f.contentWindow, e instanceof MessageEvent];"
    );
    assert_eq!(
        page.eval_async(&script),
        r#"[["hello","https://page.test",true],"https://page.test",true,true]"#
    );
}

#[test]
fn frames_and_elements_have_names_in_the_window() {
    let page = Page::html(
        "<!doctype html><iframe name=inner></iframe><p id=text></p><p id=addEventListener></p><p id=length></p>",
    );
    assert_eq!(
        page.eval(
            "[inner === frames[0], window.inner === inner, text.localName, typeof addEventListener, length,
              typeof nothing, 'text' in window, Object.keys(window).includes('text')]"
        ),
        r#"[true,true,"p","function",1,"undefined",true,false]"#
    );
    assert_eq!(page.eval("text = 5; text"), "5", "a variable hides it");
    assert_eq!(
        page.eval("frames[0].name = 'other'; [typeof inner, other === frames[0]]"),
        r#"["undefined",true]"#
    );
}

#[test]
fn an_exception_is_reported_where_its_callback_comes_from() {
    let page = Page::open();
    page.run(
        "for (const name of ['a', 'b']) {
            const f = document.createElement('iframe'); f.name = name; document.body.append(f);
            f.contentWindow.onerror = () => { console.log(name); return true };
        }
        onerror = () => { console.log('top'); return true };
        a.setTimeout(new b.Function('throw 1'));",
    );
    assert_eq!(page.console(), ["b"]);
}

#[test]
fn rejections_are_told_to_the_frame_that_they_are_of() {
    let page = Page::open();
    page.run(
        "const f = document.createElement('iframe'); document.body.append(f);
        f.contentWindow.onunhandledrejection = e => { console.log('frame', e.reason); e.preventDefault() };
        onunhandledrejection = e => { console.log('page', e.reason); e.preventDefault() };
        f.contentWindow.Promise.reject(1);
        Promise.reject(2);",
    );
    assert_eq!(page.console(), ["frame 1", "page 2"]);
}

#[test]
fn a_frame_that_cannot_be_loaded_is_reported_and_loaded_all_the_same() {
    let page = Page::open();
    let script = format!(
        "{FRAME} const f = await frame({{src: '/nothing'}});
        const error = (() => {{ try {{ f.contentWindow.document }} catch (e) {{ return e.name }} }})();
        return [f.contentDocument, f.contentWindow !== null, error];"
    );
    assert_eq!(page.eval_async(&script), r#"[null,true,"SecurityError"]"#);
    let errors = page.errors();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].kind, ErrorKind::Load);
}

#[test]
fn a_frame_of_another_origin_can_be_spoken_to_alone() {
    let page = page_with(&[(
        "https://other.test/",
        "<script>onmessage = e => e.source.postMessage([e.data, e.origin], '*');
            let denied; try { parent.document } catch (e) { denied = e.name }
            parent.postMessage(denied, 'https://page.test')</script>",
    )]);
    let script = format!(
        "const first = new Promise(resolve => onmessage = resolve);
        {FRAME} const f = await frame({{src: 'https://other.test/'}}), w = f.contentWindow;
        const log = [(await first).data, (await first).origin];
        const reply = new Promise(resolve => onmessage = resolve);
        w.postMessage('hello', 'https://other.test');
        log.push((await reply).data);
        for (const look of [() => w.document, () => w.location.href, () => w.x = 1, () => w.eval, () => delete w.x,
                            () => Object.getOwnPropertyDescriptor(w, 'Array'), () => 'Array' in w,
                            () => Object.hasOwn(w, 'Array'), () => setTimeout.call(w, 'x'),
                            () => Object.getOwnPropertyDescriptor(window, 'document').get.call(w),
                            () => EventTarget.prototype.addEventListener.call(w, 'message', () => {{}})]) {{
            try {{ look(); log.push('seen') }} catch (e) {{ log.push(e instanceof DOMException && e.name) }}
        }}
        let keys = 0; for (const key in w) keys++;
        log.push(Object.getPrototypeOf(w), Reflect.setPrototypeOf(w, {{}}), Object.keys(w).length, keys);
        log.push(f.contentDocument, w.closed, w.length, w.parent === window, w.top === window, w.self === w,
            w.postMessage instanceof Function, w.then, Object.prototype.toString.call(w), w[Symbol.toStringTag]);
        // All that is to be seen is a property that can be seen.
        const seen = Reflect.ownKeys(w), descriptors = seen.map(key => Reflect.getOwnPropertyDescriptor(w, key));
        log.push(seen.map(String).join(), descriptors.every(one => one.configurable && !one.enumerable));
        const {{ get, set }} = Reflect.getOwnPropertyDescriptor(w, 'location');
        log.push(typeof get, typeof set, 'location' in w);
        try {{ w.location }} catch (e) {{ log.push(e.name) }}
        return log;"
    );
    let denied = r#""SecurityError""#;
    let expected = format!(
        r#"["SecurityError","https://other.test",["hello","https://page.test"],{0},null,false,0,0,null,false,0,true,true,true,true,null,"[object Object]",null,"window,self,location,close,closed,focus,blur,frames,length,top,opener,parent,postMessage,then,Symbol(Symbol.toStringTag),Symbol(Symbol.hasInstance),Symbol(Symbol.isConcatSpreadable)",true,"undefined","function",true,{denied}]"#,
        [denied; 11].join(",")
    );
    assert_eq!(page.eval_async(&script), expected);
}

#[test]
fn a_sandboxed_frame_has_an_origin_of_its_own_and_no_script() {
    let page = Page::open();
    let script = format!(
        "const log = []; onmessage = e => log.push(e.data, e.origin);
        {FRAME} for (const sandbox of ['', 'allow-scripts', 'allow-scripts allow-same-origin']) {{
            const f = document.createElement('iframe');
            f.sandbox = sandbox;
            f.srcdoc = `<script>parent.postMessage(origin, '*')</` + `script>`;
            await new Promise(resolve => {{ f.onload = resolve; document.body.append(f) }});
            await new Promise(resolve => setTimeout(resolve));
            log.push(f.contentDocument !== null);
        }}
        return log;"
    );
    assert_eq!(
        page.eval_async(&script),
        r#"[false,"null","null",false,"https://page.test","https://page.test",true]"#
    );
}

#[test]
fn a_document_may_sandbox_itself() {
    let page = Page::open();
    let html = "<script>console.log(origin, isSecureContext); try { navigator.serviceWorker } catch (e) { console.log(e.name) }
        fetch(URL.createObjectURL(new Blob(['of a blob']))).then(r => r.text()).then(console.log)</script>";
    for (path, policy) in [("/scripts", "sandbox allow-scripts"), ("/none", "img-src *; sandbox")] {
        let mut response = FakeResponse::new("text/html", html);
        response.headers.push(("Content-Security-Policy".into(), policy.into()));
        page.network.serve(&format!("https://page.test{path}"), response);
    }
    let script = format!("{FRAME} return (await frame({{src: '/scripts'}})).contentDocument;");
    assert_eq!(page.eval_async(&script), "null");
    assert_eq!(page.console(), ["null true", "SecurityError", "of a blob"]);
    let script = format!("{FRAME} return (await frame({{src: '/none'}})).contentDocument;");
    assert_eq!(page.eval_async(&script), "null");
    assert_eq!(page.console(), [] as [&str; 0]);
    let other = page.open_another("https://page.test/scripts");
    assert_eq!(page.next_line(), "null true");
    drop(other);
}

#[test]
fn a_frame_is_sandboxed_as_its_element_said_when_the_navigation_began() {
    let page = page_with(&[("https://page.test/frame", "<script>console.log('ran')</script>")]);
    let script = "const frame = document.createElement('iframe');
        frame.sandbox = '';
        frame.src = '/frame';
        const loaded = new Promise(resolve => frame.onload = resolve);
        document.body.append(frame);
        frame.sandbox = 'allow-scripts allow-same-origin';
        await loaded;
        return frame.contentDocument;";
    assert_eq!(page.eval_async(script), "null");
    assert_eq!(page.console(), [] as [&str; 0]);
}

#[test]
fn a_document_may_refuse_to_be_in_a_frame() {
    let page = Page::open();
    let mut response = FakeResponse::new("text/html", "<script>console.log('shown')</script>");
    response.headers.push(("X-Frame-Options".into(), "DENY".into()));
    page.network.serve("https://page.test/no", response);
    let script = format!("{FRAME} return (await frame({{src: '/no'}})).contentDocument;");
    assert_eq!(page.eval_async(&script), "null");
    assert_eq!(page.errors().len(), 1);
    assert_eq!(page.console(), [] as [&str; 0]);
}

#[test]
fn a_page_goes_to_another_document() {
    let page = page_with(&[(
        "https://page.test/next",
        "<title>next</title><script>console.log(location.href)</script>",
    )]);
    page.start("globalThis.old = 1; location.href = '/next'");
    assert_eq!(page.console(), ["https://page.test/next"]);
    assert_eq!(
        page.eval("[document.title, typeof old, window === globalThis]"),
        r#"["next","undefined",true]"#
    );
}

#[test]
fn frames_are_collected_when_nobody_needs_them() {
    let page = page_with(&[("https://page.test/1", "<script>x = []</script>")]);
    let script = format!(
        "{FRAME} for (let i = 0; i < 20; i++) {{ (await frame({{src: '/1'}})).remove(); }}
        const kept = (await frame({{src: '/1'}})).contentWindow;
        for (let i = 0; i < 20; i++) {{ (await frame({{srcdoc: 'x'}})).remove(); }}
        return [length, kept.x];"
    );
    assert_eq!(page.eval_async(&script), "[1,[]]");
}

#[test]
fn a_worker_ends_with_the_frame_that_made_it() {
    let page = Page::open();
    let script = "setInterval(() => postMessage('tick'), 1)";
    page.network.serve("https://page.test/worker.js", FakeResponse::new("text/javascript", script));
    // The page is not idle before its workers are.
    let script = format!(
        "{FRAME} const f = await frame({{}});
        const worker = new f.contentWindow.Worker('/worker.js');
        const {{ data }} = await new Promise(resolve => worker.onmessage = resolve);
        f.remove();
        return data;"
    );
    assert_eq!(page.eval_async(&script), "tick");
}

#[test]
fn a_document_in_one_of_another_site_has_the_cookies_for_that_alone() {
    let page = Page::open();
    serve(
        &page.network,
        &[(
            "https://other.test/",
            "<script>document.cookie = 'strict=1; SameSite=Strict'; document.cookie = 'lax=1';
            document.cookie = 'none=1; SameSite=None; Secure'; parent.postMessage(document.cookie, '*')</script>",
        )],
    );
    let script = format!(
        "const seen = new Promise(resolve => onmessage = resolve);
        {FRAME} await frame({{src: 'https://other.test/'}}); return (await seen).data"
    );
    assert_eq!(page.eval_async(&script), "none=1");
}

/// A page with `frame` and its window `w`.
fn page_with_frame() -> Page {
    let page = Page::open();
    page.run(
        "const frame = document.createElement('iframe');
        document.body.append(frame);
        const w = frame.contentWindow;
        const begun = () => console.log('begun');",
    );
    page
}

#[test]
fn the_network_sees_that_a_frame_was_removed() {
    let page = Page::open();
    page.run("const begun = () => console.log('begun')");
    for (url, script) in [
        (
            "https://page.test/1",
            "const x = new w.XMLHttpRequest(); x.onprogress = begun; x.open('GET', '/1'); x.send()",
        ),
        ("https://page.test/2", "new w.EventSource('/2').onmessage = begun"),
        ("https://page.test/3", "w.fetch('/3').then(response => (begun(), response.text()))"),
        ("wss://page.test/4", "new w.WebSocket('/4').onmessage = begun"),
    ] {
        let pieces = page.network.serve_pieces_of(url, FakeResponse::new("text/event-stream", ""));
        pieces.send(Ok("data: x\n\n")).expect("somebody listens");
        page.start_now(&format!(
            "{{ const frame = document.body.appendChild(document.createElement('iframe')), w = frame.contentWindow;
            {script} }}"
        ));
        assert_eq!(page.next_line(), "begun", "{script}");
        page.start_now("frames[0].frameElement.remove()");
        wait_until_closed(&pieces);
        page.settle();
    }
}

#[test]
fn a_page_does_not_wait_for_what_a_removed_frame_waits_for() {
    let page = page_with_frame();
    for what in ["", "?event-source"] {
        page.network.serve(&format!("https://page.test/p{what}"), FakeResponse::of(FakeBody::Silence));
    }
    let retry = FakeResponse::new("text/event-stream", "retry: 1000000000\n\n");
    page.network.serve("https://page.test/retry", retry);
    // A source that waits until it connects again.
    page.start_now("new w.EventSource('/retry').onerror = begun");
    assert_eq!(page.next_line(), "begun");
    page.start_now(
        "const { EventSource, AbortSignal, setTimeout, fetch } = w;
        const request = X => {
            const x = new X();
            x.open('GET', '/p');
            x.timeout = 1e9;
            x.send();
        };
        request(w.XMLHttpRequest);
        new w.EventSource('/p?event-source');
        w.fetch('/p');
        w.fetch('/p', { keepalive: true });
        w.eval(`import('/p')`);
        w.AbortSignal.timeout(1e9).onabort = begun;
        for (const type of ['module', 'text/javascript']) {
            const script = w.document.createElement('script');
            Object.assign(script, { type, src: '/p' });
            w.document.head.append(script);
        }
        frame.remove();
        // Nor does anything begin afterwards.
        new EventSource('/p');
        fetch('/p');
        setTimeout(begun, 1e9);
        AbortSignal.timeout(1e9).onabort = begun;",
    );
    assert!(page.console().is_empty());
}

#[test]
fn ports_of_a_removed_frame_are_closed() {
    let page = page_with_frame();
    page.run(
        "const { port1, port2 } = new MessageChannel(), other = new w.MessageChannel();
        port1.onclose = () => console.log('closed');
        // First one that stays where it was made.
        onmessage = ({ ports: [port] }) => {
            port.onclose = () => console.log('closed first');
            w.postMessage('', '*', [port2]);
        };
        w.onmessage = ({ ports }) => { w.ports = [other, ports[0]]; frame.remove(); };
        postMessage('', '*', [other.port2]);",
    );
    assert_eq!(page.console(), ["closed first", "closed"]);
}

#[test]
fn channels_of_a_removed_frame_are_silent() {
    let page = page_with_frame();
    page.run("const here = new BroadcastChannel('x'), there = new w.BroadcastChannel('x'), { BroadcastChannel: B } = w;
        here.onmessage = ({ data }) => console.log('here', data);
        there.onmessage = ({ data }) => console.log('there', data);
        there.postMessage(1);
        here.postMessage(2);
        w.setTimeout(() => {
            frame.remove();
            here.postMessage(3);
            there.postMessage(4);
            new B('x').postMessage(5);
        });");
    assert_eq!(page.console(), ["here 1", "there 2"]);
}

#[test]
fn a_frame_shows_what_is_behind_a_blob_url() {
    let page = Page::open();
    let script = format!(
        "{FRAME} const show = (w, html) => {{
            const url = w.URL.createObjectURL(new Blob([html], {{ type: 'text/html' }}));
            const shown = frame({{ src: url }});
            // What it was when it was asked for counts.
            w.URL.revokeObjectURL(url);
            return shown;
        }};
        const one = await show(window, '<title>one</title><script>here = origin</script>');
        const w = one.contentWindow, log = [w.document.title, w.here, w.location.protocol, w.isSecureContext];
        const gone = URL.createObjectURL(new Blob(['x']));
        URL.revokeObjectURL(gone);
        log.push((await frame({{ src: gone }})).contentDocument);
        // The URLs of a document end with it.
        const two = await frame({{}}), url = two.contentWindow.URL.createObjectURL(new Blob(['two']));
        log.push(await (await fetch(url)).text());
        two.remove();
        log.push(await fetch(url).catch(error => error.name));
        return log;"
    );
    assert_eq!(
        page.eval_async(&script),
        r#"["one","https://page.test","blob:",true,null,"two","TypeError"]"#
    );
    page.errors();
}

#[test]
fn a_sandboxed_frame_has_blob_urls_of_its_own_origin() {
    let page = Page::open();
    page.run(
        r#"const frame = document.createElement('iframe');
        frame.sandbox = 'allow-scripts';
        frame.srcdoc = `<script>
            const url = URL.createObjectURL(new Blob(['<script>parent.frames; console.log(origin)<' + '/script>'],
                { type: 'text/html' }));
            const inner = document.createElement('iframe');
            inner.src = url;
            inner.onload = () => console.log('loaded');
            document.documentElement.append(inner);
        <\/script>`;
        document.body.append(frame);"#,
    );
    assert_eq!(page.console(), ["null", "loaded"]);
}

#[test]
fn an_index_without_a_frame_is_looked_for_in_the_prototypes() {
    let page = Page::open();
    let script = "Object.prototype[0] = 'proto';
        Object.defineProperty(Object.prototype, 1, { get() { return this === window } });
        const log = [window[0], 0 in window, window[1], Object.hasOwn(window, 0), window[2], 2 in window];
        document.body.append(document.createElement('iframe'));
        return [...log, window[0] === frames[0], window[0] !== 'proto'];";
    assert_eq!(page.eval_async(script), r#"["proto",true,true,false,null,false,true,true]"#);
}

#[test]
fn observers_see_nodes_of_other_documents_in_the_order_of_all() {
    let page = page_with_frame();
    let script = "const log = [];
        const node = w.document.body.appendChild(w.document.createElement('p'));
        document.body.append(node);
        const here = new MutationObserver(() => log.push('here'));
        const there = new w.MutationObserver(() => log.push('there'));
        const options = { attributes: true, subtree: true, characterData: true };
        there.observe(document.body, options);
        here.observe(document.body, options);
        node.setAttribute('x', 'y');
        await undefined;
        node.append(w.document.createTextNode('a'));
        node.firstChild.data = 'b';
        await undefined;
        return log;";
    assert_eq!(page.eval_async(script), r#"["there","here","there","here"]"#);
}

#[test]
fn compiled_code_asks_the_windows_of_frames_and_their_objects_as_any_other_does() {
    let page = page_with(&[
        ("https://page.test/frame.html", "<!doctype html>"),
        ("https://other.test/", "<!doctype html>"),
    ]);
    let script = format!(
        "{FRAME} const here = (await frame({{src: '/frame.html'}})).contentWindow;
        const there = (await frame({{src: 'https://other.test/'}})).contentWindow;
        const mine = new Headers({{a: 'mine'}}), theirs = new here.Headers({{a: 'theirs'}});
        const add = EventTarget.prototype.addEventListener, target = new EventTarget(), listener = () => {{}};
        const documentOf = Object.getOwnPropertyDescriptor(window, 'document').get;
        function gets(get) {{
            let n = 0;
            for (let i = 0; i < 100000; i++) n += get.call(i % 2 ? mine : theirs, 'a').length;
            return n;
        }}
        function fails(get) {{
            let last;
            for (let i = 0; i < 50000; i++)
                try {{ get.call(i % 2 ? mine : theirs, i % 3 ? 'a' : 'no name') }} catch (e) {{ last = e }}
            return last;
        }}
        function makes(w) {{
            let e;
            for (let i = 0; i < 50000; i++) e = new w.Event('e' + i % 2);
            return [e instanceof w.Event, e.type,
                Object.getOwnPropertyDescriptor(e, 'isTrusted').get instanceof w.Function];
        }}
        function refused(list, look) {{
            const names = new Set();
            for (let i = 0; i < 50000; i++) try {{ look(list[i % list.length]) }} catch (e) {{ names.add(e.name) }}
            return [...names].join();
        }}
        return [gets(Headers.prototype.get), gets(here.Headers.prototype.get),
            fails(Headers.prototype.get) instanceof TypeError,
            fails(here.Headers.prototype.get) instanceof here.TypeError, ...makes(window), ...makes(here),
            refused([target, window, here], it => add.call(it, 'x', listener)),
            refused([target, window, there], it => add.call(it, 'x', listener)),
            refused([window, here], it => documentOf.call(it)), refused([window, there], it => documentOf.call(it))];"
    );
    let expected =
        r#"[500000,500000,true,true,true,"e1",true,true,"e1",true,"","SecurityError","","SecurityError"]"#;
    assert_eq!(page.eval_async(&script), expected);
}
