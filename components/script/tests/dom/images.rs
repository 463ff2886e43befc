//! Images: what is fetched for them, and what is known of them.

use std::sync::Arc;

use fetch::{CredentialsMode, Destination, RequestMode};

use crate::support::{FakeBody, FakeNetwork, FakeResponse, Page, Setup};

/// The begin of a PNG file.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    file.extend(width.to_be_bytes());
    file.extend(height.to_be_bytes());
    file.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
    file
}

fn network() -> Arc<FakeNetwork> {
    let network = Arc::new(FakeNetwork::default());
    network.serve("https://page.test/a.png", FakeResponse::new("image/png", png(16, 9)));
    network.serve("https://page.test/b.png", FakeResponse::new("image/png", png(32, 18)));
    network.serve("https://page.test/a.svg", FakeResponse::new("image/svg+xml", "<svg/>"));
    network.serve("https://page.test/text", FakeResponse::new("image/png", "no image"));
    network
}

fn page() -> Page {
    Page::with(Setup { network: network(), ..Setup::default() })
}

const FOLLOW: &str = "
    const state = image => [image.complete, image.naturalWidth, image.naturalHeight, image.width, image.currentSrc].join();
    const follow = image => {
        for (const name of ['load', 'error']) image.addEventListener(name, () => console.log(name, state(image)));
        return image;
    };";

/// The lines that are no warnings.
fn told(page: &Page) -> Vec<String> {
    page.console()
        .into_iter()
        .filter(|line| !line.starts_with("the image ") && !line.contains(" is no URL "))
        .collect()
}

#[test]
fn an_image_is_fetched_and_its_size_known() {
    let page = page();
    page.run(FOLLOW);
    page.run("const image = follow(new Image(7)); console.log(state(image)); image.src = 'a.png'; console.log(state(image));");
    assert_eq!(told(&page), ["true,0,0,7,", "false,0,0,7,", "load true,16,9,7,https://page.test/a.png"]);
    let requests = page.network.requests();
    let [request] = &*requests else { panic!("there was one request") };
    assert_eq!((request.mode, request.destination), (RequestMode::NoCors, Destination::Image));
    assert_eq!(request.credentials, CredentialsMode::Include);
    // Whatever the status, and if nobody keeps it.
    page.run("image.removeAttribute('width'); follow(new Image()).src = 'a.svg';");
    assert_eq!(told(&page), ["load true,0,0,0,https://page.test/a.svg"]);
    assert_eq!(page.eval("image.width"), "16");
}

#[test]
fn what_is_no_image_is_an_error() {
    let page = page();
    page.run(FOLLOW);
    page.run("const image = follow(new Image());");
    for (src, state) in [
        ("text", "true,0,0,0,https://page.test/text"),
        ("absent", "true,0,0,0,https://page.test/absent"),
        ("https://:0", "true,0,0,0,https://:0"),
        ("", "true,0,0,0,"),
    ] {
        page.run(&format!("image.src = '{src}'"));
        assert_eq!(told(&page), [format!("error {state}")], "{src}");
    }
    page.run("image.removeAttribute('src')");
    assert!(told(&page).is_empty());
}

#[test]
fn another_source_takes_the_place_of_one_when_it_is_there() {
    let network = network();
    network.serve("https://page.test/slow.png", FakeResponse::of(FakeBody::Silence));
    let page = Page::with(Setup { network: network.clone(), ..Setup::default() });
    page.run(FOLLOW);
    page.run("const image = follow(new Image()); image.src = 'a.png';");
    page.console();
    page.start_now("image.src = 'slow.png'; setTimeout(() => console.log(state(image)))");
    assert_eq!(page.next_line(), "false,16,9,16,https://page.test/a.png");
    page.start_now("image.src = 'text'; image.src = 'b.png';");
    assert_eq!(page.next_line(), "load true,32,18,32,https://page.test/b.png");
    let urls = network.urls();
    assert_eq!(urls[1..], ["https://page.test/slow.png", "https://page.test/b.png"]);
}

#[test]
fn a_document_has_loaded_when_its_images_have() {
    let html = "<script>onload = () => console.log('loaded')</script>
        <img src=a.png onload='console.log(this.naturalWidth)' crossorigin>
        <img srcset='a.png 0.5x, b.png 2x' onload='console.log(this.naturalWidth)'>";
    let page = Page::with(Setup { network: network(), html: html.into(), ..Setup::default() });
    let mut lines = page.console();
    assert_eq!(lines.pop().as_deref(), Some("loaded"));
    assert_eq!(lines, ["16", "16"]);
    assert_eq!(page.network.requests()[0].mode, RequestMode::Cors);
    // In one that nobody is shown nothing is fetched.
    page.run("new DOMParser().parseFromString('<img src=a.png>', 'text/html')");
    assert_eq!(page.network.requests().len(), 2);
    page.run("document.body.innerHTML = '<img src=a.png>'; document.body.firstChild.cloneNode();");
    assert_eq!(page.network.requests().len(), 4);
}

#[test]
fn a_document_waits_for_what_a_listener_asks_for() {
    let html = "<script>onload = () => console.log('loaded')</script>
        <img src=a.png onload='console.log(this.naturalWidth); this.onload = () => console.log(this.naturalWidth); this.src = `b.png`'>
        <img src=text onerror='this.onerror = null; this.onload = () => console.log(`then`, this.naturalWidth); this.src = `b.png`'>";
    let page = Page::with(Setup { network: network(), html: html.into(), ..Setup::default() });
    let lines = told(&page);
    assert_eq!(lines.last().map(String::as_str), Some("loaded"), "{lines:?}");
    assert_eq!(lines.len(), 4);
}

#[test]
fn decode_tells_whether_there_is_an_image() {
    let page = page();
    let decode = |src: &str| {
        page.eval_async(&format!(
            "const image = new Image(); image.src = '{src}';
            return image.decode().then(() => image.naturalWidth, error => error.name);"
        ))
    };
    assert_eq!(decode("a.png"), "16");
    assert_eq!(decode("text"), "EncodingError");
    assert_eq!(page.eval_async("return new Image().decode().catch(error => error.name)"), "EncodingError");
}
