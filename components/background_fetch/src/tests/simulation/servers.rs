//! Servers: honest, old, overloaded, broken.

use bytes::Bytes;
use fetch::{NetworkError, NetworkErrorKind, ResponseHead};

use super::rng::Rng;
use crate::testing::{BodySender, Exchange, head};

/// All resources there are.
pub struct Servers {
    resources: Vec<Resource>,
    /// Bodies on their way.
    open: Vec<OpenBody>,
}

struct Resource {
    version: u64,
    length: u64,
    validator: Kind,
    ranges: bool,
    /// Whether its bytes are encoded on the wire.
    encoded: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Strong,
    Weak,
    Date,
    None,
}

struct OpenBody {
    sender: BodySender,
    rest: Bytes,
}

/// How many resources there are.
pub const RESOURCES: u64 = 12;

/// A resource's bytes in one of its versions.
pub fn content(resource: u64, version: u64, length: u64) -> Bytes {
    (0..length).map(|n| (n.wrapping_mul(31) ^ (resource * 7) ^ (version * 13) ^ (n >> 5)) as u8).collect()
}

pub fn url(resource: u64) -> String {
    format!("https://host-{}.example/{resource}", resource % 3)
}

impl Servers {
    pub fn new(rng: &mut Rng) -> Self {
        let resources = (0..RESOURCES).map(|_| Resource {
            version: 1,
            length: [0, 1, 10, 100, 1000, 5000][rng.below(6) as usize],
            validator: [Kind::Strong, Kind::Strong, Kind::Weak, Kind::Date, Kind::None]
                [rng.below(5) as usize],
            ranges: !rng.one_in(4),
            encoded: rng.one_in(5),
        });
        Servers { resources: resources.collect(), open: Vec::new() }
    }

    pub fn length(&self, resource: u64) -> u64 {
        self.resources[resource as usize].length
    }

    /// A resource changes.
    pub fn change(&mut self, resource: u64) {
        self.resources[resource as usize].version += 1;
    }

    /// Answers; not always well, unless `well`.
    pub fn answer(&mut self, rng: &mut Rng, exchange: Exchange, well: bool) -> &'static str {
        if !well && rng.one_in(4) {
            return self.answer_badly(rng, exchange);
        }
        let index = resource_of(&exchange);
        let resource = &self.resources[index as usize];
        let whole = content(index, resource.version, resource.length);
        let mut headers = resource.headers();
        let asked: Option<u64> = exchange
            .header("Range")
            .filter(|_| resource.ranges && exchange.header("If-Range") == resource.strong_validator())
            .map(|range| range.trim_start_matches("bytes=").trim_end_matches('-').parse().expect("a range"));
        let (status, rest) = match asked {
            Some(start) if start >= resource.length => {
                headers.push(("Content-Range".to_owned(), format!("bytes */{}", resource.length)));
                (416, Bytes::from_static(b"out of range"))
            }
            Some(start) => {
                // A server need not send everything that was asked for.
                let end = if rng.one_in(4) {
                    start + 1 + rng.below(resource.length - start)
                } else {
                    resource.length
                };
                let length = if rng.one_in(4) { "*".to_owned() } else { resource.length.to_string() };
                headers.push(("Content-Range".to_owned(), format!("bytes {start}-{}/{length}", end - 1)));
                (206, whole.slice(start as usize..end as usize))
            }
            None => {
                if rng.one_in(2) {
                    headers.push(("Content-Length".to_owned(), resource.length.to_string()));
                }
                (200, whole)
            }
        };
        let mut head = head_of(status, &headers);
        // The bytes of a range are those of the wire.
        head.content_decoded = resource.encoded && asked.is_none();
        if head.content_decoded {
            head.headers.delete("Content-Length");
            head.headers.append("Content-Encoding", "gzip");
            head.headers.append("Content-Length", "3");
        }
        if exchange.params.request.method == "POST" {
            exchange.sent(exchange.params.request.body.as_ref().and_then(|body| body.length()).unwrap_or(0));
        }
        self.open.push(OpenBody { sender: exchange.respond(head), rest });
        "answered"
    }

    fn answer_badly(&mut self, rng: &mut Rng, exchange: Exchange) -> &'static str {
        let index = resource_of(&exchange);
        let resource = &self.resources[index as usize];
        let mut headers = resource.headers();
        match rng.below(7) {
            0 => exchange.fail(NetworkError::temporary(NetworkErrorKind::Refused, "refused, for now")),
            1 => exchange.fail(NetworkError::new(NetworkErrorKind::Cors, "not allowed")),
            2 => exchange.respond_with(head_of(503, &headers), "overloaded"),
            3 => exchange.respond_with(head_of(404, &headers), "not found"),
            4 => exchange.respond_without_body(head_of(if rng.one_in(2) { 204 } else { 429 }, &headers)),
            // Parts that are none.
            5 => {
                headers.push(("Content-Range".to_owned(), "bytes 3-5/4".to_owned()));
                exchange.respond_with(head_of(206, &headers), "xyz");
            }
            _ => {
                headers.retain(|(name, _)| name != "ETag");
                headers.push(("ETag".to_owned(), "\"other\"".to_owned()));
                headers.push(("Content-Range".to_owned(), "bytes 7-9/10".to_owned()));
                exchange.respond_with(head_of(206, &headers), "xyz");
            }
        }
        "answered badly"
    }

    /// Some bytes of some body come, or the connection is cut.
    pub fn send(&mut self, rng: &mut Rng, well: bool) -> &'static str {
        self.open.retain(|body| !body.sender.is_cancelled());
        if self.open.is_empty() {
            return "nothing to send";
        }
        let chosen = rng.below(self.open.len() as u64) as usize;
        if !well && rng.one_in(8) {
            let temporary = !rng.one_in(4);
            let error = NetworkError { temporary, ..NetworkError::temporary(NetworkErrorKind::Cut, "cut") };
            self.open.swap_remove(chosen).sender.fail(error);
            return "cut";
        }
        let body = &mut self.open[chosen];
        let length = (1 + rng.below(1500)).min(body.rest.len() as u64) as usize;
        body.sender.send(body.rest.split_to(length));
        if body.rest.is_empty() && (well || rng.one_in(2)) {
            self.open.swap_remove(chosen);
            return "sent the last bytes";
        }
        "sent bytes"
    }

    pub fn is_sending(&mut self) -> bool {
        self.open.retain(|body| !body.sender.is_cancelled());
        !self.open.is_empty()
    }
}

impl Resource {
    fn headers(&self) -> Vec<(String, String)> {
        let mut headers = vec![
            ("X-Version".to_owned(), self.version.to_string()),
            ("X-Length".to_owned(), self.length.to_string()),
        ];
        match self.validator {
            Kind::Strong => headers.push(("ETag".to_owned(), format!("\"{}\"", self.version))),
            Kind::Weak => headers.push(("ETag".to_owned(), "W/\"same\"".to_owned())),
            Kind::Date => {
                headers.push(("Last-Modified".to_owned(), self.date()));
                headers.push(("Date".to_owned(), "Mon, 07 Nov 2022 08:49:37 GMT".to_owned()));
            }
            Kind::None => {}
        }
        headers
    }

    fn date(&self) -> String {
        format!("Sun, 06 Nov 1994 08:49:{:02} GMT", self.version % 60)
    }

    fn strong_validator(&self) -> Option<String> {
        match self.validator {
            Kind::Strong => Some(format!("\"{}\"", self.version)),
            Kind::Date => Some(self.date()),
            Kind::Weak | Kind::None => None,
        }
    }
}

fn head_of(status: u16, headers: &[(String, String)]) -> ResponseHead {
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    head(status, &headers)
}

fn resource_of(exchange: &Exchange) -> u64 {
    exchange.params.request.url().path().trim_start_matches('/').parse().expect("a resource")
}
