//! What a fetch shows of itself.

use serde::{Deserialize, Serialize};
use url::Url;

/// An [image resource](https://w3c.github.io/image-resource/#dom-imageresource) with its URL resolved.
///
/// NB: SD-53: URLs are resolved when `fetch()` or `updateUI()` is called; an icon is loaded, if at all, by
/// the [display](crate::host::Display), and nothing waits for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ImageResource {
    /// Where the image is.
    pub src: Url,
    /// The sizes member, as the page wrote it.
    pub sizes: String,
    /// The type member, as the page wrote it.
    pub mime_type: String,
    /// The label member, as the page wrote it.
    pub label: String,
}

/// What [updateUI()](https://wicg.github.io/background-fetch/#background-fetch-update-ui-event-update-ui)
/// changes; a member that is `None` was not present and changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UiUpdate {
    /// The new title. NB: SD-63: an empty one clears the title.
    pub title: Option<String>,
    /// The new icons.
    pub icons: Option<Vec<ImageResource>>,
}
