//! `link rel=preload`, and when resources were fetched.

use std::sync::Arc;

use fetch::{Destination, RequestMode};

use crate::support::{FakeNetwork, FakeResponse, Page, Setup};

fn page(html: &str) -> Page {
    let network = Arc::new(FakeNetwork::default());
    network.serve("https://page.test/image", FakeResponse::new("image/png", "no image"));
    network.serve("https://page.test/text", FakeResponse::new("text/plain", "text"));
    Page::with(Setup { network, html: html.into(), ..Setup::default() })
}

#[test]
fn a_preload_is_fetched_for_what_it_is_for_and_says_that_it_is_there() {
    let page = page(
        "<link rel=preload as=image href=image onload='console.log(1, this.as, this.href)'>
         <link rel=preload as=fetch href=absent crossorigin onerror='console.log(2)'>
         <link rel=preload as=nothing href=text><link rel=stylesheet href=text><link rel=preload as=script>",
    );
    let mut lines = page.console();
    lines.sort_unstable();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert_eq!([&*lines[0], &*lines[1]], ["1 image https://page.test/image", "2"]);
    assert!(lines[2].starts_with("a preload failed: "));
    let mut requests = page.network.requests();
    requests.sort_by_key(|request| request.url().to_string());
    let requests: Vec<_> =
        requests.iter().map(|request| (request.url().path(), request.destination, request.mode)).collect();
    assert_eq!(
        requests,
        [
            ("/absent", Destination::None, RequestMode::Cors),
            ("/image", Destination::Image, RequestMode::NoCors)
        ]
    );
}

#[test]
fn another_href_is_another_preload() {
    let page = page("");
    page.run(
        "const link = document.createElement('link');
        link.onload = () => console.log(link.href);
        link.relList.add('preload'); link.as = 'image'; link.href = 'image';
        document.head.append(link);",
    );
    assert_eq!(page.console(), ["https://page.test/image"]);
    page.run("link.href = 'text'");
    assert_eq!(page.console(), ["https://page.test/text"]);
    page.run("link.remove(); link.href = 'image'");
    assert!(page.console().is_empty());
}

#[test]
fn resources_have_entries_of_when_they_were_fetched() {
    let page = page("<link rel=preload as=image href=image>");
    let entries = page.eval_async(
        "await (await fetch('text')).text();
        await fetch('absent').catch(() => {});
        await fetch('data:,x').catch(() => {});
        return performance.getEntriesByType('resource')
            .map(entry => [entry.name, entry.entryType, entry.initiatorType, entry.responseStatus]);",
    );
    assert_eq!(
        entries,
        "[[\"https://page.test/image\",\"resource\",\"link\",200],\
          [\"https://page.test/text\",\"resource\",\"fetch\",200],\
          [\"https://page.test/absent\",\"resource\",\"fetch\",0]]"
            .replace(' ', "")
    );
    assert_eq!(
        page.eval_async(
            "const [entry] = performance.getEntriesByName('https://page.test/text');
            const { startTime, duration, fetchStart, responseEnd } = entry;
            const json = entry.toJSON();
            return [startTime > 0, duration >= 0, fetchStart === startTime, responseEnd === startTime + duration,
                entry === performance.getEntries()[1], entry instanceof PerformanceEntry, json.name === entry.name,
                json.initiatorType, performance.getEntriesByType('mark').length];"
        ),
        r#"[true,true,true,true,true,true,true,"fetch",0]"#
    );
    page.run("performance.clearResourceTimings(); performance.setResourceTimingBufferSize(1)");
    assert_eq!(
        page.eval_async(
            "for (let i = 0; i < 3; i++) await (await fetch('text')).text();
            return performance.getEntries().length;"
        ),
        "1"
    );
    page.console();
}

#[test]
fn what_nobody_is_shown_is_not_preloaded() {
    let page = page("");
    page.run(
        "const markup = '<link rel=preload as=image href=https://page.test/image>';
        new DOMParser().parseFromString(markup, 'text/html');
        globalThis.div = document.createElement('div');
        div.innerHTML = markup;
        div.firstChild.onload = () => console.log('loaded');",
    );
    assert!(page.console().is_empty() && page.network.requests().is_empty());
    page.run("document.documentElement.append(div)");
    assert_eq!(page.console(), ["loaded"]);
    assert_eq!(page.network.requests().len(), 1);
}

#[test]
fn without_crossorigin_a_preload_is_asked_for_without_cors() {
    let page = page("<link rel=preload as=font href=text>");
    page.settle();
    assert_eq!(page.network.requests()[0].mode, RequestMode::NoCors);
}
