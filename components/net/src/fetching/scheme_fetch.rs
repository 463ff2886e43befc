//! Scheme fetch (<https://fetch.spec.whatwg.org/#scheme-fetch>).

use fetch::data_urls::process_data_url;
use fetch::http::ranges::{build_content_range, parse_single_range_header_value};
use fetch::{Destination, NetworkError, NetworkErrorKind, Response, ResponseHead, body_of_bytes};

use super::{Fetch, Hop};

impl Fetch {
    pub(super) async fn scheme_fetch(&mut self) -> Result<Hop, NetworkError> {
        // 3. By the current URL's scheme:
        match self.request.current_url().scheme() {
            "about" => self.about_fetch().map(Hop::End),
            "blob" => self.blob_fetch().map(Hop::End),
            "data" => self.data_fetch().map(Hop::End),
            "http" | "https" => self.http_fetch(false).await,
            "file" => Err(self.unsupported("file: URLs are not fetched; serve the folder over http instead")),
            // 4. All others.
            scheme => Err(self.unsupported(&format!("{scheme}: URLs are not fetched"))),
        }
    }

    fn unsupported(&self, message: &str) -> NetworkError {
        NetworkError::new(NetworkErrorKind::UnsupportedScheme, message).at(self.request.current_url())
    }

    fn about_fetch(&self) -> Result<Response, NetworkError> {
        if self.request.current_url().path() != "blank" {
            return Err(self.unsupported("of about: URLs only about:blank is fetched"));
        }
        let head = ok_head([("Content-Type", "text/html;charset=utf-8".to_owned())]);
        Ok(Response::new(head, Some(body_of_bytes(""))))
    }

    fn data_fetch(&self) -> Result<Response, NetworkError> {
        // 1.–2. Process the URL.
        let data = process_data_url(self.request.current_url())?;
        // 3.–4. Type and body.
        let head = ok_head([("Content-Type", data.mime_type.to_string())]);
        Ok(Response::new(head, Some(body_of_bytes(data.body))))
    }

    fn blob_fetch(&self) -> Result<Response, NetworkError> {
        let url = self.request.current_url();
        let failure = |message: &str| NetworkError::new(NetworkErrorKind::InvalidRequest, message).at(url);
        // 2. GET alone.
        if self.request.method != "GET" {
            return Err(failure("a blob: URL can only be fetched with GET"));
        }
        // 1., 3.–7. The blob.
        let Some(blob) = &self.request.blob_url_entry else {
            return Err(failure("the blob: URL does not resolve: there was none, or it was revoked"));
        };
        if self.request.destination != Destination::Document && !blob.may_be_used_from(&self.request.origin) {
            return Err(failure("the blob: URL is another origin's"));
        }
        // 8.–11. Its length and type.
        let (full_length, mime_type) = (blob.bytes.len() as u64, blob.media_type.clone());
        let Some(range_header) = self.request.headers.get("Range") else {
            // 12. The whole.
            let head = ok_head([("Content-Length", full_length.to_string()), ("Content-Type", mime_type)]);
            return Ok(Response::new(head, Some(body_of_bytes(blob.bytes.clone()))));
        };
        // 13.2–13.5. A range of it.
        let range = parse_single_range_header_value(&range_header, true)
            .ok_or_else(|| failure("the Range header is not a single range"))?;
        let (start, end) = match (range.start, range.end) {
            // 13.6. The last bytes.
            (None, length) => {
                (full_length.saturating_sub(length.unwrap_or(0)), full_length.saturating_sub(1))
            }
            // 13.7. From a byte on.
            (Some(start), end) => (start, end.unwrap_or(u64::MAX).min(full_length.saturating_sub(1))),
        };
        if start >= full_length {
            return Err(failure("the range begins behind the blob's end"));
        }
        // 13.8–13.14. That slice.
        let place = |position: u64| usize::try_from(position).unwrap_or(usize::MAX).min(blob.bytes.len());
        let slice = place(start)..place(end + 1);
        let mut head = ok_head([
            ("Content-Length", (end - start + 1).to_string()),
            ("Content-Type", mime_type),
            ("Content-Range", build_content_range(start, end, full_length)),
        ]);
        head.range_requested = true;
        head.status = 206;
        head.status_message = "Partial Content".to_owned();
        Ok(Response::new(head, Some(body_of_bytes(blob.bytes.slice(slice)))))
    }
}

fn ok_head<const N: usize>(headers: [(&str, String); N]) -> ResponseHead {
    ResponseHead {
        status: 200,
        status_message: "OK".to_owned(),
        headers: headers.into_iter().collect(),
        request_includes_credentials: true,
        ..ResponseHead::default()
    }
}
