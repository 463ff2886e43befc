//! MIME types (<https://mimesniff.spec.whatwg.org/>), by the parser of the crate `data-url`.

use std::fmt;

use data_url::mime::Mime;

/// A [MIME type](https://mimesniff.spec.whatwg.org/#mime-type). `Display` serializes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MimeType(Mime);

impl MimeType {
    /// <https://mimesniff.spec.whatwg.org/#parse-a-mime-type>
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(MimeType)
    }

    /// The essence: `type/subtype` (<https://mimesniff.spec.whatwg.org/#mime-type-essence>).
    pub fn essence(&self) -> String {
        format!("{}/{}", self.0.type_, self.0.subtype)
    }

    /// The type.
    pub fn type_(&self) -> &str {
        &self.0.type_
    }

    /// The subtype.
    pub fn subtype(&self) -> &str {
        &self.0.subtype
    }

    /// A parameter's value, by its name in lower case.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.0.get_parameter(name)
    }

    /// Sets a parameter, in its place if it is there.
    pub fn set_parameter(&mut self, name: &str, value: &str) {
        match self.0.parameters.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.0.parameters.push((name.to_owned(), value.to_owned())),
        }
    }

    /// <https://mimesniff.spec.whatwg.org/#javascript-mime-type>
    pub fn is_javascript(&self) -> bool {
        matches!(
            self.essence().as_str(),
            "application/ecmascript"
                | "application/javascript"
                | "application/x-ecmascript"
                | "application/x-javascript"
                | "text/ecmascript"
                | "text/javascript"
                | "text/javascript1.0"
                | "text/javascript1.1"
                | "text/javascript1.2"
                | "text/javascript1.3"
                | "text/javascript1.4"
                | "text/javascript1.5"
                | "text/jscript"
                | "text/livescript"
                | "text/x-ecmascript"
                | "text/x-javascript"
        )
    }

    /// <https://mimesniff.spec.whatwg.org/#json-mime-type>
    pub fn is_json(&self) -> bool {
        self.0.subtype.ends_with("+json")
            || matches!(self.essence().as_str(), "application/json" | "text/json")
    }

    /// <https://mimesniff.spec.whatwg.org/#html-mime-type>
    pub fn is_html(&self) -> bool {
        self.0.matches("text", "html")
    }
}

impl From<Mime> for MimeType {
    fn from(mime: Mime) -> Self {
        MimeType(mime)
    }
}

impl fmt::Display for MimeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<String> {
        MimeType::parse(text).map(|mime_type| mime_type.to_string())
    }

    #[test]
    fn mime_types_are_read_leniently_and_written_strictly() {
        assert_eq!(parse(" TEXT/HTML; Charset=UTF-8 ;a").as_deref(), Some("text/html;charset=UTF-8"));
        assert_eq!(parse("x/y;a=\"b c\"").as_deref(), Some("x/y;a=\"b c\""));
        assert_eq!(parse("text"), None);
        assert_eq!(parse("text/"), None);
        assert_eq!(parse("te xt/html"), None);
    }

    #[test]
    fn javascript_and_json_have_several_names() {
        let is = |text, test: fn(&MimeType) -> bool| test(&MimeType::parse(text).unwrap());
        assert!(is("text/javascript;x=y", MimeType::is_javascript));
        assert!(is("application/x-javascript", MimeType::is_javascript));
        assert!(!is("text/html", MimeType::is_javascript) && !is("text/json", MimeType::is_javascript));
        assert!(is("application/manifest+json", MimeType::is_json) && is("text/json", MimeType::is_json));
    }

    #[test]
    fn parameters_are_set_in_their_place() {
        let mut mime_type = MimeType::parse("multipart/form-data;a=1").unwrap();
        mime_type.set_parameter("boundary", "x");
        mime_type.set_parameter("a", "2");
        assert_eq!(mime_type.to_string(), "multipart/form-data;a=2;boundary=x");
    }
}
