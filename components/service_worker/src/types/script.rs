//! A worker's scripts (<https://w3c.github.io/ServiceWorker/#dfn-script-resource-map>).

use std::sync::Arc;

use bytes::Bytes;
use fetch::http_extensions::content_type::extract_mime_type;
use fetch::{HeaderList, ReferrerPolicy};
use serde::{Deserialize, Serialize};
use url::Url;

/// The response that a script of a worker came in, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScriptResource {
    /// The URL by which it is known: the request's.
    pub url: Url,
    /// Where redirects led: the base URL of the script.
    pub response_url: Url,
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderList,
    /// Its bytes. A store keeps them apart from the rest.
    #[serde(skip)]
    pub body: Bytes,
    /// Whether its errors must not be told to the page: it came from another origin without CORS.
    pub muted_errors: bool,
}

impl ScriptResource {
    /// A [bad import script response](https://w3c.github.io/ServiceWorker/#dfn-bad-import-script-response), but no network
    /// error.
    pub(crate) fn is_bad_import(&self, import: &ScriptImport) -> bool {
        let is_json = matches!(import, ScriptImport::Module { is_json: true, .. });
        let mime_type = extract_mime_type(&self.headers);
        let fits = mime_type.is_some_and(|mime_type| match is_json {
            true => mime_type.is_json(),
            false => mime_type.is_javascript(),
        });
        !(200..300).contains(&self.status) || !fits
    }

    /// Whether it is JSON, for a module graph.
    pub fn is_json(&self) -> bool {
        extract_mime_type(&self.headers).is_some_and(|mime_type| mime_type.is_json())
    }
}

/// How a worker gets a script that is not its own.
#[derive(Clone, Debug, PartialEq)]
pub enum ScriptImport {
    /// By `importScripts()`.
    Classic,
    /// As a part of its module graph.
    Module {
        /// Whether it is JSON, and not JavaScript.
        is_json: bool,
        /// The module that imports it.
        referrer: Url,
        /// The policy that this one has.
        referrer_policy: ReferrerPolicy,
    },
}

/// The script resource map: ordered, by URL.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScriptResourceMap(Vec<Arc<ScriptResource>>);

impl ScriptResourceMap {
    /// The script with this URL.
    pub fn get(&self, url: &Url) -> Option<&Arc<ScriptResource>> {
        self.0.iter().find(|script| script.url == *url)
    }

    /// Sets the script with its URL, in place if there is one already.
    pub fn set(&mut self, script: Arc<ScriptResource>) {
        match self.0.iter_mut().find(|known| known.url == script.url) {
            Some(known) => *known = script,
            None => self.0.push(script),
        }
    }

    /// Keeps the scripts for which `keep` says so.
    pub fn retain(&mut self, mut keep: impl FnMut(&Url) -> bool) {
        self.0.retain(|script| keep(&script.url));
    }

    /// The scripts in the order in which they were first set.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<ScriptResource>> {
        self.0.iter()
    }
}

impl FromIterator<Arc<ScriptResource>> for ScriptResourceMap {
    fn from_iter<I: IntoIterator<Item = Arc<ScriptResource>>>(scripts: I) -> Self {
        let mut map = ScriptResourceMap::default();
        scripts.into_iter().for_each(|script| map.set(script));
        map
    }
}
