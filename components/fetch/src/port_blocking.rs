//! Port blocking (<https://fetch.spec.whatwg.org/#port-blocking>).

use crate::schemes::is_http;
use crate::{BlockReason, NetworkError, Request};

/// The [bad ports](https://fetch.spec.whatwg.org/#bad-port), sorted.
const BAD_PORTS: [u16; 83] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103,
    104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514,
    515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723,
    2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];

/// Whether a port is a [bad port](https://fetch.spec.whatwg.org/#bad-port).
pub fn is_bad_port(port: u16) -> bool {
    BAD_PORTS.binary_search(&port).is_ok()
}

/// <https://fetch.spec.whatwg.org/#block-bad-port>
pub fn should_be_blocked_due_to_bad_port(request: &Request) -> Result<(), NetworkError> {
    // 1. The current URL.
    let url = request.current_url();
    match url.port() {
        // 2. A bad port named in an HTTP(S) URL.
        Some(port) if is_http(url) && is_bad_port(port) => Err(NetworkError::blocked(
            BlockReason::BadPort,
            format!("port {port} is blocked: it belongs to another protocol"),
        )
        .at(url)),
        // 3. All others.
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Origin, Url};

    #[test]
    fn the_table_is_sorted_so_that_it_can_be_searched() {
        assert!(BAD_PORTS.is_sorted());
    }

    #[test]
    fn http_to_a_bad_port_is_blocked() {
        let check = |url: &str| {
            should_be_blocked_due_to_bad_port(&Request::new(Url::parse(url).unwrap(), Origin::new_opaque()))
        };
        assert!(check("http://a.example:25/").is_err() && check("https://a.example:6697/").is_err());
        assert!(check("http://a.example:0/").is_err() && check("http://a.example:10080/").is_err());
        assert!(check("http://a.example:8000/").is_ok() && check("http://a.example/").is_ok());
        assert!(check("ws://a.example:25/").is_ok());
    }
}
