//! Media elements: what is fetched, what is found out of it, and how it plays to nobody.

use std::sync::Arc;

use fetch::{CredentialsMode, Destination, RequestMode};

use crate::support::{FakeBody, FakeNetwork, FakeResponse, Page, Setup};

fn media(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> FakeResponse {
    let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    FakeResponse { status, headers, body: FakeBody::Bytes(body.into()), ..FakeResponse::default() }
}

fn page(path: &str, response: FakeResponse) -> Page {
    let network = Arc::new(FakeNetwork::default());
    network.serve(&format!("https://page.test/{path}"), response);
    Page::with(Setup { network, ..Setup::default() })
}

/// The `Range` headers that were asked for.
fn ranges(page: &Page) -> Vec<String> {
    page.network.requests().iter().filter_map(|request| request.headers.get_string("Range")).collect()
}

/// A mono 8 kHz 8-bit WAVE file.
fn wav(seconds: u32) -> Vec<u8> {
    let length = seconds * 8000;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + length).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data");
    file.extend(length.to_le_bytes());
    file.resize(file.len() + usize::try_from(length).expect("it is short"), 128);
    file
}

/// A fifth of a second of it.
fn short_wav() -> Vec<u8> {
    let mut file = wav(1);
    file.truncate(44 + 1600);
    file[40..44].copy_from_slice(&1600u32.to_le_bytes());
    file
}

/// What is whole only if a server is asked for its parts.
fn ranges_of(bytes: Vec<u8>) -> FakeResponse {
    FakeResponse::of(FakeBody::Ranges { bytes, most: usize::MAX / 2, early: 0 })
}

/// Follows an element's events; those that come as often as they come are left out.
const FOLLOW: &str = "
    const follow = element => {
        const names = ['loadstart', 'durationchange', 'resize', 'loadedmetadata', 'loadeddata', 'canplay',
            'canplaythrough', 'play', 'playing', 'waiting', 'seeking', 'seeked', 'pause', 'ended', 'abort', 'emptied',
            'error', 'volumechange', 'ratechange'];
        for (const name of names) {
            element.addEventListener(name, () => console.log(name === 'error' ? `error ${element.error.code}` : name));
        }
        return element;
    };
    const event = (element, name) => new Promise(resolve => element.addEventListener(name, resolve, { once: true }));";

#[test]
fn a_resource_is_fetched_and_plays_to_its_end() {
    let page = page("a.wav", media(200, &[("Content-Type", "audio/wav")], short_wav()));
    page.run(FOLLOW);
    page.run(
        "const audio = follow(new Audio('a.wav')); audio.autoplay = true;
        console.log(audio.networkState, audio.preload, audio.src, audio.duration)",
    );
    assert_eq!(
        page.console(),
        [
            "3 auto https://page.test/a.wav NaN",
            "loadstart",
            "durationchange",
            "loadedmetadata",
            "loadeddata",
            "canplay",
            "play",
            "playing",
            "canplaythrough",
            "pause",
            "ended"
        ]
    );
    assert_eq!(
        page.eval(
            "[audio.currentSrc, audio.networkState, audio.duration, audio.currentTime, audio.ended, audio.paused,
                audio.buffered.end(0), audio.played.start(0), audio.played.end(0)]"
        ),
        r#"["https://page.test/a.wav",1,0.2,0.2,true,true,0.2,0,0.2]"#
    );
    let requests = page.network.requests();
    let [request] = &*requests else { panic!("there was one request") };
    assert_eq!((request.mode, request.destination), (RequestMode::NoCors, Destination::Audio));
    assert_eq!(request.credentials, CredentialsMode::Include);
    assert_eq!(ranges(&page), ["bytes=0-"]);
}

#[test]
fn what_a_server_leaves_out_of_a_range_is_asked_for() {
    let response = FakeResponse::of(FakeBody::Ranges { bytes: short_wav(), most: 1000, early: 50 });
    let page = page("a", response);
    let end = "const audio = new Audio('a'); audio.play();
        await new Promise(resolve => audio.onended = resolve);
        return audio.currentTime;";
    assert_eq!(page.eval_async(end), "0.2");
    assert_eq!(ranges(&page), ["bytes=0-", "bytes=1000-"]);
}

#[test]
fn what_cannot_be_played_is_an_error() {
    let network = Arc::new(FakeNetwork::default());
    network.serve("https://page.test/unnamed", media(206, &[], "abc"));
    network.serve("https://page.test/none", media(416, &[], ""));
    network.serve("https://page.test/later", media(206, &[("Content-Range", "bytes 1-2/200")], "ab"));
    network.serve("https://page.test/text", media(200, &[], "Nothing to see here, or to hear."));
    let page = Page::with(Setup { network, ..Setup::default() });
    let error_of = |path: &str| {
        page.eval_async(&format!(
            "const audio = new Audio('{path}');
            const played = audio.play().catch(error => error.name);
            await new Promise(resolve => audio.onerror = resolve);
            return [audio.error.code, audio.networkState, await played, audio.error.message].join();"
        ))
    };
    let failed = |message: &str| format!("4,3,NotSupportedError,{message}");
    assert_eq!(error_of("unnamed"), failed("the server sent a part of the resource without saying which"));
    assert_eq!(error_of("none"), failed("the server answered 416"));
    assert_eq!(error_of("later"), failed("asked for the bytes from 0 on, the server sent those from 1 on"));
    assert!(error_of("absent").starts_with(&failed("the resource could not be loaded: ")));
    assert!(error_of("text").starts_with(&failed("it is of no format that can be played (")));
    assert!(
        page.error(
            "const a = new Audio(); a.src = 'text'; new Promise(r => a.onerror = r).then(() => a.play())"
        )
        .starts_with("NotSupportedError: it is of no format")
    );
}

#[test]
fn a_resource_that_breaks_off_is_an_error_of_the_network() {
    let mut begin = wav(60);
    begin.truncate(20000);
    let page = page("a", media(206, &[("Content-Range", "bytes 0-19999/480044")], begin));
    let error = "const audio = new Audio('a');
        await new Promise(resolve => audio.onerror = resolve);
        return [audio.error.code, audio.error.message, audio.networkState, audio.duration, audio.buffered.length].join();";
    assert_eq!(page.eval_async(error), "2,the server does not send byte 20000,1,60,1");
}

#[test]
fn no_more_is_read_than_is_wanted_soon() {
    let page = page("a", ranges_of(wav(600)));
    page.run("const audio = new Audio(); audio.preload = 'metadata'; audio.src = 'a';");
    let buffered =
        || page.eval("[audio.buffered.length, audio.buffered.start(0), Math.floor(audio.buffered.end(0))]");
    assert_eq!(buffered(), "[1,0,3]");
    assert_eq!(
        page.eval("[audio.networkState, audio.readyState, audio.duration, audio.seekable.end(0)]"),
        "[1,4,600,600]"
    );
    page.run("audio.play(); audio.pause();");
    assert_eq!(buffered(), "[1,0,30]");
}

#[test]
fn reading_goes_on_where_it_rested() {
    let mut frame = vec![0xff, 0xfb, 0x90, 0xc4];
    frame.resize(417, 0);
    let page = page("a", ranges_of(frame.repeat(4000)));
    page.run("const audio = new Audio(); audio.preload = 'metadata'; audio.src = 'a';");
    let end = || -> f64 { page.eval("audio.buffered.end(0)").parse().expect("a number") };
    let before = end();
    page.run(&format!("audio.currentTime = {before} - 0.5"));
    assert!(end() > before + 1.0, "{} is not after {before}", end());
    assert_eq!(page.eval("audio.buffered.length"), "1");
    // Not from the begin again.
    let ranges = ranges(&page);
    assert_eq!((ranges.len(), &*ranges[0]), (2, "bytes=0-"), "{ranges:?}");
    let second: u32 = ranges[1].trim_matches(|char: char| !char.is_ascii_digit()).parse().expect("a number");
    assert!(second > 40000, "{ranges:?}");
}

#[test]
fn what_is_cut_off_ends_where_it_does() {
    let mut cut = wav(600);
    cut.truncate(80044);
    let page = page("a", ranges_of(cut));
    page.run("const audio = new Audio('a'); audio.onerror = () => console.log(audio.error.message);");
    assert_eq!(page.eval("[audio.error, audio.readyState, audio.duration.toFixed(1)]"), r#"[null,4,"10.1"]"#);
    let mut empty = wav(1);
    empty.truncate(44);
    page.network.serve("https://page.test/b", media(200, &[], empty));
    page.run("audio.onerror = null; audio.src = 'b'; audio.loop = true; audio.play().catch(() => {});");
    assert_eq!(
        page.eval("[audio.error.code, audio.error.message]"),
        r#"[3,"its data is damaged: there is nothing in it"]"#
    );
}

#[test]
fn the_end_is_reached_by_seeking_too() {
    let page = page("a", media(200, &[], short_wav()));
    page.run(FOLLOW);
    page.run("const audio = follow(new Audio('a'));");
    page.console();
    page.run("audio.currentTime = 7");
    assert_eq!(page.console(), ["seeking", "ended", "seeked"]);
    assert_eq!(page.eval("[audio.currentTime, audio.ended]"), "[0.2,true]");
    // Once more, if it is elsewhere meanwhile.
    page.run("audio.currentTime = 0; audio.currentTime = 0.2;");
    assert_eq!(page.console(), ["seeking", "seeking", "ended", "seeked"]);
}

#[test]
fn one_that_is_sought_before_another_was_found_is_found_alone() {
    let network = Arc::new(FakeNetwork::default());
    network.serve("https://page.test/a", ranges_of(wav(600)));
    let page = Page::with(Setup { network: network.clone(), ..Setup::default() });
    page.run("const audio = new Audio(); audio.preload = 'metadata'; audio.src = 'a';");
    network.serve("https://page.test/a", FakeResponse::of(FakeBody::Silence));
    page.start_now(
        "audio.onseeked = () => console.log('found', audio.currentTime);
        audio.onseeking = () => console.log('seeking');
        audio.currentTime = 1;
        audio.currentTime = 300;",
    );
    assert_eq!([page.next_line(), page.next_line()], ["seeking", "seeking"]);
    page.start_now("setTimeout(() => console.log('not yet', audio.seeking))");
    assert_eq!(page.next_line(), "not yet true");
    page.start_now("audio.currentTime = 2");
    assert_eq!([page.next_line(), page.next_line()], ["seeking", "found 2"]);
    page.start_now("audio.src = ''");
}

#[test]
fn a_place_far_away_is_fetched_when_it_is_sought() {
    let page = page("a", ranges_of(wav(600)));
    page.run(FOLLOW);
    page.run("const audio = follow(new Audio()); audio.preload = 'metadata'; audio.src = 'a';");
    page.console();
    page.run("audio.currentTime = 300; console.log(audio.seeking, audio.currentTime, audio.readyState)");
    let mut lines = page.console();
    assert_eq!(lines[..2], ["true 300 1", "seeking"]);
    // (Once there is something it is found; whether there is enough by then depends.)
    lines.sort();
    assert_eq!(lines, ["canplay", "canplaythrough", "seeked", "seeking", "true 300 1"]);
    assert_eq!(page.eval("[audio.seeking, audio.currentTime, audio.buffered.length]"), "[false,300,2]");
    // (Its block begins a little before.)
    assert_eq!(ranges(&page), ["bytes=0-", "bytes=2399660-"]);
    // What was read is there.
    page.run("audio.currentTime = 1; audio.currentTime = -7;");
    assert_eq!(page.eval("[audio.seeking, audio.currentTime]"), "[false,0]");
    page.run("audio.currentTime = 10000;");
    assert_eq!(page.eval("[audio.currentTime, audio.ended]"), "[600,true]");
    // Where to begin can be said before.
    page.run("audio.src = 'a'; audio.currentTime = 300; console.log(audio.currentTime)");
    assert_eq!(page.eval("[audio.seeking, audio.currentTime]"), "[false,300]");
}

#[test]
fn time_passes_while_it_plays_but_not_for_a_script() {
    let page = page("a", ranges_of(wav(600)));
    let run = "const audio = new Audio('a');
        await audio.play();
        const times = [];
        for (let i = 0; i < 3; i++) {
            await new Promise(resolve => audio.addEventListener('timeupdate', resolve, { once: true }));
            const now = audio.currentTime;
            const since = performance.now();
            while (performance.now() < since + 5);
            times.push(audio.currentTime === now);
            times.push(now > (times.last ?? 0));
            times.last = now;
        }
        audio.playbackRate = 0;
        await new Promise(resolve => setTimeout(resolve));
        const stopped = audio.currentTime;
        await new Promise(resolve => setTimeout(resolve, 5));
        times.push(audio.currentTime === stopped);
        audio.pause();
        return times.join();";
    assert_eq!(page.eval_async(run), "true,true,true,true,true,true,true");
}

#[test]
fn what_loops_does_not_end() {
    let page = page("a", media(200, &[], short_wav()));
    let run = "const audio = new Audio('a');
        audio.loop = true;
        let ended = 0;
        audio.onended = () => ended++;
        await audio.play();
        await new Promise(resolve => audio.onseeked = resolve);
        const state = [audio.paused, audio.ended, audio.currentTime < 0.2, ended];
        audio.loop = false;
        await new Promise(resolve => audio.onended = resolve);
        state.push(audio.paused, audio.ended);
        // And from its begin again.
        await audio.play();
        state.push(audio.ended, audio.currentTime < 0.2);
        audio.pause();
        return state.join();";
    assert_eq!(page.eval_async(run), "false,false,true,0,true,true,false,true");
}

#[test]
fn a_resource_that_does_not_tell_its_length_has_one_in_the_end() {
    let mut unknown = wav(1);
    unknown.truncate(44 + 2304);
    unknown[40..44].copy_from_slice(&u32::MAX.to_le_bytes());
    unknown[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    let page = page("a", media(200, &[], unknown));
    page.run(FOLLOW);
    page.run("const audio = follow(new Audio('a'))");
    let durations = page.console().iter().filter(|line| line.starts_with("durationchange")).count();
    assert_eq!(durations, 2);
    assert_eq!(page.eval("[audio.duration.toFixed(3), audio.readyState]"), r#"["0.288",4]"#);
}

#[test]
fn the_first_source_that_can_be_played_is() {
    let network = Arc::new(FakeNetwork::default());
    network.serve("https://page.test/text", media(200, &[], "Nothing to see here, or to hear."));
    network.serve("https://page.test/a.wav", media(200, &[], short_wav()));
    let html = "<script>const failed = source => console.log('not', source.getAttribute('src'))</script>
        <video oncanplay='console.log(this.currentSrc)'>
            <source onerror='failed(this)'>
            <source onerror='failed(this)' src=b type='video/unheard-of'>
            <source onerror='failed(this)' src=text>
            <source onerror='failed(this)' src=a.wav type='audio/wav'>
            <source onerror='failed(this)' src=c>
        </video>";
    let page = Page::with(Setup { network, html: html.into(), ..Setup::default() });
    let (why, lines): (Vec<String>, Vec<String>) =
        page.console().into_iter().partition(|line| line.starts_with("a source is left out: "));
    assert_eq!(lines, ["not null", "not b", "not text", "https://page.test/a.wav"]);
    assert_eq!(why[0], "a source is left out: the attribute src is empty");
    assert_eq!(why.len(), 3);
    let destinations: Vec<_> = page.network.requests().iter().map(|request| request.destination).collect();
    assert_eq!(destinations, [Destination::Video, Destination::Video]);
    // One that comes later is tried later.
    page.run(
        "const video = document.createElement('video');
        video.oncanplay = () => console.log('playable', video.networkState);
        const source = src => { const source = document.createElement('source'); source.src = src; return source; };
        video.append(source('text'));",
    );
    assert_eq!(page.eval("video.networkState"), "3");
    page.console();
    page.run("video.append(source('a.wav'))");
    assert_eq!(page.console(), ["playable 1"]);
    // One that is waited for no more is not.
    page.run("video.replaceChildren(source('text')); video.load();");
    page.run("video.firstChild.src = 'a.wav'; video.load();");
    page.console();
    let requests = page.network.requests().len();
    page.run("video.append(source('a.wav'))");
    page.run("new DOMParser().parseFromString('<video><source src=a.wav></video>', 'text/html')");
    assert_eq!(page.network.requests().len(), requests);
}

/// An element of a Matroska file.
fn element(id: &[u8], content: &[u8]) -> Vec<u8> {
    let length = u64::try_from(content.len()).expect("it is short") | 1 << 56;
    [id, &length.to_be_bytes(), content].concat()
}

/// A WebM file with a picture of 16 × 9 pixels, for 40 ms.
fn webm() -> Vec<u8> {
    let header = element(b"\x1a\x45\xdf\xa3", &element(b"\x42\x82", b"webm"));
    let info = [
        element(b"\x2a\xd7\xb1", &[0x0f, 0x42, 0x40]),
        element(b"\x4d\x80", b"test"),
        element(b"\x57\x41", b"test"),
        element(b"\x44\x89", &40f64.to_be_bytes()),
    ];
    let size = [element(b"\xb0", &[16]), element(b"\xba", &[9])];
    let track = [
        element(b"\xd7", &[1]),
        element(b"\x73\xc5", &[1]),
        element(b"\x83", &[1]),
        element(b"\x86", b"V_VP8"),
        element(b"\x23\xe3\x83", &40_000_000u32.to_be_bytes()),
        element(b"\xe0", &size.concat()),
    ];
    let cluster = [element(b"\xe7", &[0]), element(b"\xa3", &[0x81, 0, 0, 0x80, 1, 2, 3])];
    let segment = [
        element(b"\x15\x49\xa9\x66", &info.concat()),
        element(b"\x16\x54\xae\x6b", &element(b"\xae", &track.concat())),
        element(b"\x1f\x43\xb6\x75", &cluster.concat()),
    ];
    [header, element(b"\x18\x53\x80\x67", &segment.concat())].concat()
}

#[test]
fn a_video_has_the_size_of_its_resource() {
    let page = page("v.webm", media(200, &[("Content-Type", "video/webm")], webm()));
    page.run(FOLLOW);
    page.run(
        "const video = follow(document.createElement('video'));
        console.log(video.videoWidth, video.width, video.poster);
        video.width = 7; video.poster = 'p.png'; video.playsInline = true;
        video.src = 'v.webm';",
    );
    let lines = page.console();
    assert_eq!(lines[0], "0 0 ");
    assert!(lines.contains(&"resize".to_owned()), "{lines:?}");
    assert_eq!(
        page.eval("[video.videoWidth, video.videoHeight, video.duration, video.width, video.poster, video.getAttribute('playsinline')]"),
        r#"[16,9,0.04,7,"https://page.test/p.png",""]"#
    );
    // As long as there is one.
    page.run("video.src = ''");
    assert_eq!(page.eval("[video.videoWidth, video.videoHeight, String(video.duration)]"), r#"[0,0,"NaN"]"#);
}

#[test]
fn what_a_type_says_is_enough_to_know() {
    let page = Page::open();
    assert_eq!(
        page.eval(
            "const audio = new Audio();
            ['audio/mpeg', 'video/webm', 'video/webm; codecs=\"vp9, opus\"', 'image/png'].map(type => audio.canPlayType(type))"
        ),
        r#"["probably","maybe","probably",""]"#
    );
}

#[test]
fn an_element_that_nobody_knows_and_that_does_not_play_is_collected() {
    let page = page("a", ranges_of(wav(600)));
    page.run(
        "globalThis.weak = (() => {
            const audio = new Audio('a');
            audio.oncanplay = () => console.log('can play');
            return new WeakRef(audio);
        })();",
    );
    assert_eq!(page.console(), ["can play"]);
    let collected = (0..20).any(|_| {
        page.run("for (let i = 0; i < 400; i++) new ArrayBuffer(1 << 20)");
        page.eval("weak.deref() === undefined") == "true"
    });
    assert!(collected);
}

#[test]
fn the_attribute_crossorigin_decides_on_the_mode() {
    let page = page("a", media(200, &[], "abc"));
    page.run(
        "for (const crossOrigin of ['anonymous', 'use-credentials']) {
            const audio = document.createElement('audio');
            audio.crossOrigin = crossOrigin;
            audio.src = 'a';
        }",
    );
    page.settle();
    let mut modes: Vec<_> =
        page.network.requests().iter().map(|request| (request.mode, request.credentials)).collect();
    modes.sort_by_key(|(_, credentials)| credentials.as_str());
    assert_eq!(
        modes,
        [(RequestMode::Cors, CredentialsMode::Include), (RequestMode::Cors, CredentialsMode::SameOrigin)]
    );
}

#[test]
fn another_src_takes_the_place_of_one_that_is_loading() {
    let network = Arc::new(FakeNetwork::default());
    network.serve("https://page.test/slow", FakeResponse::of(FakeBody::Silence));
    let page = Page::with(Setup { network, ..Setup::default() });
    page.run(FOLLOW);
    page.start_now("const audio = follow(new Audio('slow'))");
    assert_eq!(page.next_line(), "loadstart");
    page.start_now("audio.src = ''");
    for line in ["abort", "emptied", "loadstart", "error 4"] {
        assert_eq!(page.next_line(), line);
    }
    assert_eq!(page.eval("audio.error.message"), "the attribute src is empty");
}

#[test]
fn nothing_is_fetched_before_it_is_to_be_played_if_so_is_wished() {
    let page = page("a", media(200, &[], "abc"));
    page.run(FOLLOW);
    page.run(
        "const audio = follow(document.createElement('audio')); audio.preload = 'none'; audio.src = 'a'",
    );
    assert_eq!(page.console(), ["loadstart"]);
    assert!(page.network.requests().is_empty());
    page.run("audio.play().catch(error => console.log(error.name)); console.log(audio.paused)");
    assert_eq!(page.console(), ["false", "play", "waiting", "error 4", "NotSupportedError"]);
    assert!(page.error("audio.play()").starts_with("NotSupportedError: it is "));
}

#[test]
fn who_waits_for_it_to_play_hears_of_a_pause() {
    let page = Page::open();
    page.run(FOLLOW);
    page.run("const audio = follow(document.createElement('audio')); audio.play().catch(error => console.log(error.name));");
    assert_eq!(page.console(), ["play", "waiting"]);
    page.run("audio.pause()");
    assert_eq!(page.console(), ["pause", "AbortError"]);
    page.run("document.documentElement.append(audio); audio.play().catch(error => console.log(error.name)); audio.remove()");
    assert_eq!(page.console(), ["play", "waiting", "pause", "AbortError"]);
}

#[test]
fn load_waits_for_the_first_bytes_of_an_audio_element() {
    let network = Arc::new(FakeNetwork::default());
    network.serve("https://page.test/a.wav", media(200, &[("Content-Type", "audio/wav")], "abc"));
    let html = "<script>onload = () => console.log('load')</script>
        <audio src=a.wav muted onerror='console.log(this.muted)'></audio>";
    let page = Page::with(Setup { network, html: html.into(), ..Setup::default() });
    assert_eq!(page.console(), ["true", "load"]);
}

#[test]
fn an_element_loads_whoever_gave_it_its_attributes() {
    let page = page("a.wav", media(200, &[("Content-Type", "audio/wav")], "abc"));
    let markup = "<audio src=a.wav onerror='console.log(1)'></audio>";
    page.run(&format!("document.body.innerHTML = {markup:?}"));
    assert_eq!(page.console(), ["1"]);
    page.run("document.body.firstChild.cloneNode()");
    assert_eq!(page.console(), ["1"]);
    page.run(&format!("new DOMParser().parseFromString({markup:?}, 'text/html')"));
    assert!(page.console().is_empty());
    assert_eq!(page.network.requests().len(), 2);
}

#[test]
fn volume_and_rates_are_kept_and_their_changes_told() {
    let page = Page::open();
    page.run(FOLLOW);
    page.run(
        "const audio = follow(document.createElement('audio')); audio.volume = 0.5; audio.volume = 0.5;
        audio.muted = true; audio.playbackRate = 2; audio.currentTime = 7;",
    );
    assert_eq!(page.console(), ["volumechange", "volumechange", "ratechange"]);
    assert_eq!(
        page.eval(
            "[audio.volume, audio.muted, audio.playbackRate, audio.currentTime, audio.buffered.length]"
        ),
        "[0.5,true,2,7,0]"
    );
    assert!(page.error("audio.volume = 2").starts_with("IndexSizeError"));
    assert!(page.error("audio.buffered.start(0)").starts_with("IndexSizeError"));
}
