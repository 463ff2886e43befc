//! Blob URLs: <https://w3c.github.io/FileAPI/#url>.

use crate::support::Page;

#[test]
fn a_blob_is_fetched_by_its_url_until_that_is_revoked() {
    let page = Page::open();
    let script = "const url = URL.createObjectURL(new Blob(['abc'], { type: 'x/y' }));
        const response = await fetch(url + '#fragment');
        const result = [/^blob:https:\\/\\/page\\.test\\/[0-9a-f-]{36}$/.test(url), await response.text(),
            response.headers.get('Content-Type')];
        URL.revokeObjectURL(url + '#fragment');
        result.push((await fetch(url)).ok);
        URL.revokeObjectURL(url);
        return [...result, await fetch(url).catch(error => error.name)];";
    assert_eq!(page.eval_async(script), r#"[true,"abc","x/y",true,"TypeError"]"#);
    page.console();
}

#[test]
fn a_request_keeps_what_its_url_stood_for() {
    let page = Page::open();
    let script = "const url = URL.createObjectURL(new Blob(['abc']));
        const request = new Request(url);
        URL.revokeObjectURL(url);
        return [await (await fetch(request.clone())).text(), await (await fetch(request)).text()];";
    assert_eq!(page.eval_async(script), r#"["abc","abc"]"#);
}

#[test]
fn only_blobs_have_urls_and_only_blob_urls_are_revoked() {
    let page = Page::open();
    assert!(page.error("URL.createObjectURL({})").starts_with("TypeError"));
    assert_eq!(
        page.eval("URL.revokeObjectURL('nonsense'); URL.revokeObjectURL('https://page.test/'); 1"),
        "1"
    );
}

#[test]
fn a_script_can_come_from_a_blob() {
    let page = Page::open();
    page.run(
        "const script = document.createElement('script');
        script.src = URL.createObjectURL(new Blob(['console.log(1 + 1)'], { type: 'text/javascript' }));
        document.head.append(script);
        URL.revokeObjectURL(script.src);",
    );
    assert_eq!(page.console(), ["2"]);
}
