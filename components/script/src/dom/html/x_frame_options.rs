//! Whether a document may be shown in a frame: <https://html.spec.whatwg.org/multipage/document-lifecycle.html#the-x-frame-options-header>.

use fetch::{HeaderList, Origin};

/// [Checks a navigation response's adherence to `X-Frame-Options`](https://html.spec.whatwg.org/multipage/document-lifecycle.html#check-a-navigation-response's-adherence-to-x-frame-options),
/// in a frame whose ancestors are of these origins. The error says why not.
///
/// FIXME(spec): `frame-ancestors`, which would take its place.
pub(super) fn check(headers: &HeaderList, origin: &Origin, ancestors: &[Origin]) -> Result<(), String> {
    // 1. A page of its own.
    if ancestors.is_empty() {
        return Ok(());
    }
    // 4 and 5. The header's values, each once.
    let mut values: Vec<String> = headers
        .values("X-Frame-Options")
        .flat_map(|value| {
            let value = String::from_utf8_lossy(value).to_ascii_lowercase();
            value.split(',').map(|value| value.trim().to_owned()).collect::<Vec<_>>()
        })
        .collect();
    values.sort();
    values.dedup();
    let known = |value: &String| matches!(value.as_str(), "deny" | "allowall" | "sameorigin");
    match values.as_slice() {
        // 6 and 7. Contradictions.
        [_, _, ..] if values.iter().any(known) => Err("X-Frame-Options contradicts itself".into()),
        // 8. Nowhere.
        [value] if value == "deny" => Err("X-Frame-Options forbids it".into()),
        // 9. Only in documents of its own origin.
        [value] if value == "sameorigin" => {
            let same = ancestors.iter().all(|ancestor| ancestor.same_origin(origin));
            if same { Ok(()) } else { Err("X-Frame-Options forbids it in documents of other origins".into()) }
        }
        // 10. Anything else says nothing.
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(url: &str) -> Origin {
        Origin::of(&url.parse().expect("a URL"))
    }

    fn answer(value: &str, ancestor: &str) -> bool {
        let mut headers = HeaderList::new();
        headers.append("X-Frame-Options", value);
        check(&headers, &origin("https://a.test/"), &[origin(ancestor)]).is_ok()
    }

    #[test]
    fn the_header_says_where_a_document_may_be_shown() {
        assert!(!answer("DENY", "https://a.test/"));
        assert!(answer("SameOrigin", "https://a.test/"));
        assert!(!answer("SAMEORIGIN", "https://b.test/"));
        assert!(answer("whatever", "https://b.test/"));
        assert!(!answer("DENY, SAMEORIGIN", "https://a.test/"));
        assert!(check(&HeaderList::new(), &origin("https://a.test/"), &[]).is_ok());
    }
}
