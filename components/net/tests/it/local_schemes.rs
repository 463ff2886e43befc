//! Schemes without a network.

use fetch::blob_urls::BlobUrlEntry;
use fetch::{NetworkErrorKind, Request, Url};

use crate::server::*;

fn page_asks(url: &str) -> Request {
    request_from("http://a.test/", Url::parse(url).unwrap())
}

#[tokio::test]
async fn data_urls_are_fetched_in_any_mode() {
    let (response, body) = fetch_all(&network(&[]), page_asks("data:text/x;base64,aGk=")).await.unwrap();
    assert_eq!(text(&body), "hi");
    assert_eq!(response.head.headers.get_string("content-type").as_deref(), Some("text/x"));
    assert_eq!((response.head.status, response.head.status_message.as_str()), (200, "OK"));
    assert_eq!(response.head.url().unwrap().as_str(), "data:text/x;base64,aGk=");
    let error = fetch(&network(&[]), page_asks("data:nonsense")).await.unwrap_err();
    assert_eq!(error.kind, NetworkErrorKind::InvalidRequest);
}

#[tokio::test]
async fn about_blank_is_an_empty_page_for_navigations() {
    let mut asked = page_asks("about:blank");
    asked.mode = fetch::RequestMode::Navigate;
    let (response, body) = fetch_all(&network(&[]), asked.clone()).await.unwrap();
    assert!(body.is_empty());
    assert_eq!(response.head.headers.get_string("content-type").as_deref(), Some("text/html;charset=utf-8"));
    asked.set_url(Url::parse("about:config").unwrap());
    assert_eq!(fetch(&network(&[]), asked).await.unwrap_err().kind, NetworkErrorKind::UnsupportedScheme);
}

#[tokio::test]
async fn files_are_refused_with_a_hint() {
    let mut asked = page_asks("file:///etc/passwd");
    asked.mode = fetch::RequestMode::Navigate;
    let error = fetch(&network(&[]), asked.clone()).await.unwrap_err();
    assert_eq!(error.kind, NetworkErrorKind::UnsupportedScheme);
    assert!(error.message.contains("http"), "{error}");
    asked.set_url(Url::parse("gopher://a.test/").unwrap());
    assert_eq!(fetch(&network(&[]), asked).await.unwrap_err().kind, NetworkErrorKind::UnsupportedScheme);
}

#[tokio::test]
async fn blobs_are_read_whole_or_in_part() {
    let network = network(&[]);
    let ask = async |origin: &str, range: Option<&str>| {
        let mut asked = page_asks("blob:http://a.test/0b0e");
        asked.blob_url_entry = Some(BlobUrlEntry {
            bytes: "0123456789".into(),
            media_type: "text/digits".to_owned(),
            environment_id: "1".to_owned(),
            origin: origin.parse().unwrap(),
        });
        if let Some(range) = range {
            asked.headers.append("Range", range);
        }
        fetch_all(&network, asked).await.map(|(response, body)| {
            let content_range = response.head.headers.get_string("content-range").unwrap_or_default();
            (response.head.status, text(&body).to_owned(), content_range)
        })
    };
    let blob = "http://a.test";
    let part = |body: &str, range: &str| (206, body.to_owned(), range.to_owned());
    assert_eq!(ask(blob, None).await.unwrap(), (200, "0123456789".to_owned(), String::new()));
    assert_eq!(ask(blob, Some("bytes=2-4")).await.unwrap(), part("234", "bytes 2-4/10"));
    assert_eq!(ask(blob, Some("bytes=8-")).await.unwrap(), part("89", "bytes 8-9/10"));
    assert_eq!(ask(blob, Some("bytes=-3")).await.unwrap(), part("789", "bytes 7-9/10"));
    assert_eq!(ask(blob, Some("bytes=0-99")).await.unwrap(), part("0123456789", "bytes 0-9/10"));
    for range in ["bytes=10-", "bytes=1-0", "bytes=0-1,3-4", "bytes=-0"] {
        assert!(ask(blob, Some(range)).await.is_err(), "{range}");
    }
    assert!(ask("http://b.test", None).await.is_err(), "it is another origin's");
    let revoked = page_asks("blob:http://a.test/gone");
    assert_eq!(fetch(&network, revoked).await.unwrap_err().kind, NetworkErrorKind::InvalidRequest);
}
