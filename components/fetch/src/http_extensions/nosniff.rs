//! `X-Content-Type-Options`, and blocking by MIME type
//! (<https://fetch.spec.whatwg.org/#x-content-type-options-header>).

use super::content_type::extract_mime_type;
use crate::{BlockReason, Destination, HeaderList, NetworkError};

/// <https://fetch.spec.whatwg.org/#determine-nosniff>
pub fn determine_nosniff(headers: &HeaderList) -> bool {
    headers
        .get_decode_split("X-Content-Type-Options")
        .and_then(|values| values.into_iter().next())
        .is_some_and(|value| value.eq_ignore_ascii_case("nosniff"))
}

/// <https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-nosniff?>
pub fn should_be_blocked_due_to_nosniff(
    destination: Destination,
    response_headers: &HeaderList,
) -> Result<(), NetworkError> {
    // 1. Only if the server asks for it.
    if !determine_nosniff(response_headers) {
        return Ok(());
    }
    // 2.–5. Scripts and style sheets need their types.
    let mime_type = extract_mime_type(response_headers);
    let is_script = mime_type.as_ref().is_some_and(|mime_type| mime_type.is_javascript());
    let is_style = mime_type.as_ref().is_some_and(|mime_type| mime_type.essence() == "text/css");
    if (destination.is_script_like() && !is_script) || (destination == Destination::Style && !is_style) {
        let found = mime_type.map_or_else(|| "none".to_owned(), |mime_type| mime_type.to_string());
        return Err(NetworkError::blocked(
            BlockReason::Nosniff,
            format!("`nosniff`: {found} is not a MIME type for the destination `{destination}`"),
        ));
    }
    // 6. All others are fine.
    Ok(())
}

/// <https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-mime-type?>
pub fn should_be_blocked_due_to_mime_type(
    destination: Destination,
    response_headers: &HeaderList,
) -> Result<(), NetworkError> {
    // 1.–2. Without a MIME type there is nothing to say.
    let Some(mime_type) = extract_mime_type(response_headers) else { return Ok(()) };
    // 3.–4. Media and tables are no scripts.
    if destination.is_script_like()
        && (matches!(mime_type.type_(), "audio" | "image" | "video") || mime_type.essence() == "text/csv")
    {
        return Err(NetworkError::blocked(BlockReason::MimeType, format!("{mime_type} can not be a script")));
    }
    // 5. All others are fine.
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(content_type: &str, options: &str) -> HeaderList {
        [("Content-Type", content_type), ("X-Content-Type-Options", options)].into_iter().collect()
    }

    #[test]
    fn only_the_first_value_counts() {
        assert!(determine_nosniff(&headers("", "NoSniff")) && determine_nosniff(&headers("", "nosniff, x")));
        assert!(!determine_nosniff(&headers("", "x, nosniff")) && !determine_nosniff(&HeaderList::new()));
    }

    #[test]
    fn nosniff_wants_scripts_to_be_scripts() {
        let check = |destination, content_type, options| {
            should_be_blocked_due_to_nosniff(destination, &headers(content_type, options)).is_ok()
        };
        assert!(check(Destination::Script, "text/javascript", "nosniff"));
        assert!(!check(Destination::Script, "text/plain", "nosniff"));
        assert!(!check(Destination::ServiceWorker, "", "nosniff"));
        assert!(!check(Destination::Style, "text/plain", "nosniff"));
        assert!(check(Destination::Style, "text/css", "nosniff"));
        assert!(check(Destination::Image, "text/plain", "nosniff"));
        assert!(check(Destination::Script, "text/plain", ""));
    }

    #[test]
    fn images_are_no_scripts_even_without_nosniff() {
        let check = |destination, content_type| {
            should_be_blocked_due_to_mime_type(destination, &headers(content_type, "")).is_ok()
        };
        assert!(!check(Destination::Script, "image/png") && !check(Destination::Worker, "text/csv"));
        assert!(check(Destination::Script, "text/plain") && check(Destination::Image, "image/png"));
        assert!(check(Destination::Script, ""));
    }
}
