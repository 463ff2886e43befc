//! MIME types of media resources: <https://html.spec.whatwg.org/multipage/media.html#mime-types>.

use fetch::mime_type::MimeType;

/// How likely it is that a resource of a type can be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CanPlayType {
    /// Not at all.
    No,
    /// The container is known; what is in it, the type doesn't tell.
    Maybe,
    /// All of it is known.
    Probably,
}

/// <https://html.spec.whatwg.org/multipage/media.html#dom-navigator-canplaytype>
pub fn can_play_type(mime_type: &str) -> CanPlayType {
    let Some(mime_type) = MimeType::parse(mime_type) else { return CanPlayType::No };
    let Some(known) = codecs_of(&mime_type.essence()) else { return CanPlayType::No };
    // A type without such a parameter tells it all itself.
    if known.is_empty() {
        return CanPlayType::Probably;
    }
    let Some(codecs) = mime_type.parameter("codecs") else { return CanPlayType::Maybe };
    let is_known = |codec: &str| {
        let codec = codec.trim();
        known.iter().any(|known| match known.strip_suffix('*') {
            Some(start) => codec.starts_with(start),
            None => codec == *known,
        })
    };
    if codecs.split(',').all(is_known) { CanPlayType::Probably } else { CanPlayType::No }
}

/// The codecs that a container's type may name, as far as they are known; those with a star may have more behind it.
/// None, if the container is not known.
fn codecs_of(essence: &str) -> Option<&'static [&'static str]> {
    const MP4: &[&str] =
        &["mp4a.*", "avc1.*", "hev1.*", "hvc1.*", "vp09.*", "av01.*", "opus", "Opus", "flac", "fLaC", "mp3"];
    const WEBM: &[&str] = &["vp8", "vp8.*", "vp9", "vp9.*", "vp09.*", "av01.*", "vorbis", "opus"];
    match essence {
        "audio/mpeg" | "audio/mp3" | "audio/aac" | "audio/flac" | "audio/x-flac" => Some(&[]),
        "audio/wav" | "audio/wave" | "audio/x-wav" | "audio/vnd.wave" => Some(&["1"]),
        "audio/ogg" | "application/ogg" => Some(&["vorbis", "opus", "flac"]),
        "audio/mp4" | "audio/x-m4a" | "video/mp4" => Some(MP4),
        "audio/webm" | "video/webm" | "audio/x-matroska" | "video/x-matroska" => Some(WEBM),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::CanPlayType::{Maybe, No, Probably};
    use super::can_play_type;

    #[test]
    fn a_type_is_as_likely_as_what_it_tells() {
        for (mime_type, expected) in [
            ("", No),
            ("audio/mp4; codecs", Maybe),
            ("application/octet-stream", No),
            ("application/octet-stream; codecs=vp8", No),
            ("text/html", No),
            ("audio/mpeg", Probably),
            ("AUDIO/MPEG", Probably),
            ("video/webm", Maybe),
            (" video/webm; codecs=\"vp9, opus\"", Probably),
            ("video/webm; codecs=\"vp9, mp4a.40.2\"", No),
            ("video/mp4; codecs=\"avc1.42E01E, mp4a.40.2\"", Probably),
            ("video/mp4; codecs=\"\"", No),
            ("audio/wav; codecs=1", Probably),
            ("audio/ogg; codecs=speex", No),
        ] {
            assert_eq!(can_play_type(mime_type), expected, "{mime_type}");
        }
    }
}
