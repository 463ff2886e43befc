//! Subresource Integrity (<https://w3c.github.io/webappsec-subresource-integrity/>).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// A hash function; the later ones are stronger
/// (<https://w3c.github.io/webappsec-subresource-integrity/#priority>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Algorithm {
    Sha256,
    Sha384,
    Sha512,
}

/// Integrity metadata, parsed, the strongest hash function's hashes alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegrityMetadata {
    algorithm: Algorithm,
    digests: Vec<String>,
}

impl IntegrityMetadata {
    /// Parse metadata and get the strongest: `None` where there is nothing to check
    /// (<https://w3c.github.io/webappsec-subresource-integrity/#parse-metadata>,
    /// <https://w3c.github.io/webappsec-subresource-integrity/#get-the-strongest-metadata>).
    pub fn parse(metadata: &str) -> Option<Self> {
        let mut strongest: Option<IntegrityMetadata> = None;
        // 2. For each item:
        for item in metadata.split_ascii_whitespace() {
            // 2.1–2.2. Options are left aside.
            let expression = item.split('?').next().unwrap_or_default();
            // 2.3–2.5. Hash function and value.
            let (algorithm, value) = expression.split_once('-').unwrap_or((expression, ""));
            let algorithm = match algorithm {
                "sha256" => Algorithm::Sha256,
                "sha384" => Algorithm::Sha384,
                "sha512" => Algorithm::Sha512,
                // 2.6. Others are passed over.
                _ => continue,
            };
            // 2.7–2.9. Keep it, if it is as strong as what we have. NB: web-platform-tests have base64url and lack of
            // padding mean the same.
            let digest = value.trim_end_matches('=').replace('-', "+").replace('_', "/");
            match &mut strongest {
                Some(kept) if kept.algorithm > algorithm => {}
                Some(kept) if kept.algorithm == algorithm => kept.digests.push(digest),
                _ => strongest = Some(IntegrityMetadata { algorithm, digests: vec![digest] }),
            }
        }
        strongest
    }

    /// Starts hashing a body that comes in pieces.
    pub fn hasher(&self) -> IntegrityHasher<'_> {
        let state = match self.algorithm {
            Algorithm::Sha256 => State::Sha256(Sha256::new()),
            Algorithm::Sha384 => State::Sha384(Sha384::new()),
            Algorithm::Sha512 => State::Sha512(Sha512::new()),
        };
        IntegrityHasher { metadata: self, state }
    }
}

/// Do bytes match metadataList?
/// (<https://w3c.github.io/webappsec-subresource-integrity/#does-response-match-metadatalist>)
pub fn do_bytes_match(bytes: &[u8], metadata: &str) -> bool {
    IntegrityMetadata::parse(metadata).is_none_or(|metadata| {
        let mut hasher = metadata.hasher();
        hasher.update(bytes);
        hasher.matches()
    })
}

/// A running hash over a body.
#[derive(Clone, Debug)]
pub struct IntegrityHasher<'a> {
    metadata: &'a IntegrityMetadata,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Sha512),
}

impl IntegrityHasher<'_> {
    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Sha256(state) => state.update(bytes),
            State::Sha384(state) => state.update(bytes),
            State::Sha512(state) => state.update(bytes),
        }
    }

    /// Whether all that was added matches one of the digests.
    pub fn matches(self) -> bool {
        let digest = match self.state {
            State::Sha256(state) => STANDARD_NO_PAD.encode(state.finalize()),
            State::Sha384(state) => STANDARD_NO_PAD.encode(state.finalize()),
            State::Sha512(state) => STANDARD_NO_PAD.encode(state.finalize()),
        };
        self.metadata.digests.contains(&digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELLO_256: &str = "sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";
    const HELLO_512: &str =
        "sha512-m3HSJL1i83hdltRq0+o9czGb+8KJDKra4t/3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw==";

    #[test]
    fn a_hash_may_be_written_for_urls_and_without_padding() {
        let for_urls = HELLO_512.replace('+', "-").replace('/', "_");
        assert!(do_bytes_match(b"hello", &for_urls));
        assert!(do_bytes_match(b"hello", for_urls.trim_end_matches('=')));
        assert!(do_bytes_match(b"hello", HELLO_256.trim_end_matches('=')));
        assert!(!do_bytes_match(b"hellO", &for_urls));
    }

    #[test]
    fn bytes_match_their_hash() {
        assert!(do_bytes_match(b"hello", HELLO_256) && do_bytes_match(b"hello", HELLO_512));
        assert!(!do_bytes_match(b"hellO", HELLO_256));
        assert!(do_bytes_match(b"hello", &format!("sha256-AAAA {HELLO_256}?option")));
    }

    #[test]
    fn only_the_strongest_counts() {
        assert!(!do_bytes_match(b"hello", &format!("{HELLO_256} sha512-AAAA")));
        assert!(do_bytes_match(b"hello", &format!("sha256-AAAA {HELLO_512}")));
    }

    #[test]
    fn what_we_do_not_know_is_no_check() {
        assert!(do_bytes_match(b"x", "") && do_bytes_match(b"x", "md5-AAAA nonsense"));
        assert!(!do_bytes_match(b"x", "sha256"));
    }

    #[test]
    fn a_body_in_pieces_has_the_same_hash() {
        let metadata = IntegrityMetadata::parse(HELLO_256).unwrap();
        let mut hasher = metadata.hasher();
        hasher.update(b"he");
        hasher.update(b"llo");
        assert!(hasher.matches());
    }
}
