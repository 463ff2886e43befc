//! Media elements: what is fetched, and what comes of it where nothing can be played.

use std::sync::Arc;

use fetch::{CredentialsMode, Destination, RequestMode};

use crate::support::{FakeBody, FakeNetwork, FakeResponse, Page, Setup};

fn media(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> FakeResponse {
    let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    FakeResponse { status, headers, body: FakeBody::Bytes(body.into()) }
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

/// Follows an element's events.
const FOLLOW: &str = "
    const follow = element => {
        const names = ['loadstart', 'progress', 'suspend', 'abort', 'emptied', 'error', 'play', 'waiting', 'pause',
            'timeupdate', 'volumechange', 'ratechange'];
        for (const name of names) {
            element.addEventListener(name, () => console.log(name, element.networkState, element.error?.code));
        }
        return element;
    };";

#[test]
fn a_resource_is_fetched_from_its_first_byte_on_and_found_not_to_be_playable() {
    let page = page("a.wav", media(200, &[("Content-Type", "audio/wav")], [0; 4000]));
    page.run(FOLLOW);
    page.run(
        "const audio = follow(new Audio('a.wav')); console.log(audio.networkState, audio.preload, audio.src)",
    );
    assert_eq!(
        page.console(),
        ["3 auto https://page.test/a.wav", "loadstart 2 undefined", "progress 2 undefined", "error 3 4"]
    );
    assert_eq!(
        page.eval("audio.error.message"),
        "the resource (audio/wav) can't be played: this engine has no decoders"
    );
    assert_eq!(
        page.eval(
            "[audio.currentSrc, audio.readyState, String(audio.duration), audio.canPlayType('audio/wav')]"
        ),
        r#"["https://page.test/a.wav",0,"NaN",""]"#
    );
    let requests = page.network.requests();
    let [request] = &*requests else { panic!("there was one request") };
    assert_eq!((request.mode, request.destination), (RequestMode::NoCors, Destination::Audio));
    assert_eq!(request.credentials, CredentialsMode::Include);
    assert_eq!(ranges(&page), ["bytes=0-"]);
}

#[test]
fn what_a_server_leaves_out_of_a_range_is_asked_for() {
    let part = media(206, &[("Content-Range", "bytes 0-2/200")], "abc");
    let page = page("a", part);
    page.run("const audio = new Audio('a'); audio.onerror = () => console.log(audio.error.message)");
    assert_eq!(page.console(), ["asked for the bytes from 3 on, the server sent those from 0 on"]);
    assert_eq!(ranges(&page), ["bytes=0-", "bytes=3-"]);
}

#[test]
fn what_is_no_range_is_an_error() {
    let network = Arc::new(FakeNetwork::default());
    network.serve("https://page.test/unnamed", media(206, &[], "abc"));
    network.serve("https://page.test/none", media(416, &[], ""));
    let page = Page::with(Setup { network, ..Setup::default() });
    let message_of = |path: &str| {
        page.eval_async(&format!(
            "const audio = new Audio('{path}');
            await new Promise(resolve => audio.onerror = resolve);
            return audio.error.message;"
        ))
    };
    assert_eq!(message_of("unnamed"), "the server sent a part of the resource without saying which");
    assert_eq!(message_of("none"), "the server answered 416");
    assert!(message_of("absent").starts_with("the resource could not be loaded: "));
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
    assert_eq!(page.next_line(), "loadstart 2 undefined");
    page.start_now("audio.src = ''");
    for line in ["abort 2 undefined", "emptied 2 undefined", "loadstart 2 undefined", "error 3 4"] {
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
    assert_eq!(page.console(), ["loadstart 1 undefined", "suspend 1 undefined"]);
    assert!(page.network.requests().is_empty());
    page.run("audio.play().catch(error => console.log(error.name)); console.log(audio.paused)");
    assert_eq!(
        page.console(),
        [
            "false",
            "play 2 undefined",
            "waiting 2 undefined",
            "progress 2 undefined",
            "error 3 4",
            "NotSupportedError"
        ]
    );
    assert!(page.error("audio.play()").starts_with("NotSupportedError: the resource"));
}

#[test]
fn who_waits_for_it_to_play_hears_of_a_pause() {
    let page = Page::open();
    page.run(FOLLOW);
    page.run("const audio = follow(document.createElement('audio')); audio.play().catch(error => console.log(error.name));");
    assert_eq!(page.console(), ["play 0 undefined", "waiting 0 undefined"]);
    page.run("audio.pause()");
    assert_eq!(page.console(), ["timeupdate 0 undefined", "pause 0 undefined", "AbortError"]);
    page.run("document.documentElement.append(audio); audio.play().catch(error => console.log(error.name)); audio.remove()");
    assert_eq!(
        page.console(),
        [
            "play 0 undefined",
            "waiting 0 undefined",
            "timeupdate 0 undefined",
            "pause 0 undefined",
            "AbortError"
        ]
    );
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
    assert_eq!(
        page.console(),
        ["volumechange 0 undefined", "volumechange 0 undefined", "ratechange 0 undefined"]
    );
    assert_eq!(
        page.eval(
            "[audio.volume, audio.muted, audio.playbackRate, audio.currentTime, audio.buffered.length]"
        ),
        "[0.5,true,2,7,0]"
    );
    assert!(page.error("audio.volume = 2").starts_with("IndexSizeError"));
    assert!(page.error("audio.buffered.start(0)").starts_with("IndexSizeError"));
}
