//! <https://wicg.github.io/background-fetch/#dictdef-backgroundfetchuioptions>

use background_fetch::concepts;

use crate::bindings::dictionaries::ImageResource;
use crate::webidl::*;

/// NB: SD-53: the URLs of icons are resolved at the call
/// (<https://w3c.github.io/image-resource/#processing-an-imageresource-from-an-api>).
pub(super) fn process_icons(
    global: &GlobalScope,
    icons: &[ImageResource],
) -> Fallible<Vec<concepts::ImageResource>> {
    icons
        .iter()
        .map(|icon| {
            let src = global.parse_url(&icon.src).map_err(|error| {
                Error::Type(format!("the icon's src {:?} is not a URL: {error}", &*icon.src))
            })?;
            let text = |member: &Option<DOMString>| member.clone().map(String::from).unwrap_or_default();
            Ok(concepts::ImageResource {
                src,
                sizes: text(&icon.sizes),
                mime_type: text(&icon.type_),
                label: text(&icon.label),
            })
        })
        .collect()
}
