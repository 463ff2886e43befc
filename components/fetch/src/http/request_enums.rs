//! The strings of a request, as enums (<https://fetch.spec.whatwg.org/#requests>).

use crate::string_enum::string_enum;

string_enum! {
    /// <https://fetch.spec.whatwg.org/#concept-request-mode>
    RequestMode {
        /// To the own origin alone.
        SameOrigin = "same-origin",
        /// By the CORS protocol.
        Cors = "cors",
        /// To anywhere, with an opaque response.
        #[default]
        NoCors = "no-cors",
        /// A navigation.
        Navigate = "navigate",
        /// Opening a WebSocket.
        Websocket = "websocket",
        /// Opening a WebTransport session.
        Webtransport = "webtransport",
    }
}

string_enum! {
    /// <https://fetch.spec.whatwg.org/#concept-request-credentials-mode>
    CredentialsMode {
        /// Never.
        Omit = "omit",
        /// With the own origin alone.
        #[default]
        SameOrigin = "same-origin",
        /// Always.
        Include = "include",
    }
}

string_enum! {
    /// <https://fetch.spec.whatwg.org/#concept-request-cache-mode>
    CacheMode {
        /// As HTTP's caching rules say.
        #[default]
        Default = "default",
        /// As if there were no cache.
        NoStore = "no-store",
        /// From the network, into the cache.
        Reload = "reload",
        /// Validated with the server first.
        NoCache = "no-cache",
        /// From the cache however old, else the network.
        ForceCache = "force-cache",
        /// From the cache however old, else an error.
        OnlyIfCached = "only-if-cached",
    }
}

string_enum! {
    /// <https://fetch.spec.whatwg.org/#concept-request-redirect-mode>
    RedirectMode {
        /// Redirects are followed.
        #[default]
        Follow = "follow",
        /// A redirect is an error.
        Error = "error",
        /// A redirect is an opaque-redirect response.
        Manual = "manual",
    }
}

string_enum! {
    /// <https://fetch.spec.whatwg.org/#request-service-workers-mode>
    ServiceWorkersMode {
        /// The service worker that controls the client, if any, gets a fetch event.
        #[default]
        All = "all",
        /// No service worker gets one.
        None = "none",
    }
}

string_enum! {
    /// <https://fetch.spec.whatwg.org/#concept-request-initiator>
    Initiator {
        /// Nothing in particular.
        #[default]
        None = "",
        /// A download.
        Download = "download",
        /// `srcset` or `picture`.
        ImageSet = "imageset",
        /// A web app manifest.
        Manifest = "manifest",
        /// A prefetch.
        Prefetch = "prefetch",
        /// A prerender.
        Prerender = "prerender",
        /// An XSLT style sheet.
        Xslt = "xslt",
    }
}

string_enum! {
    /// <https://fetch.spec.whatwg.org/#concept-request-destination>
    Destination {
        /// `fetch()` and the like.
        #[default]
        None = "",
        /// `audio`.
        Audio = "audio",
        /// An audio worklet's module.
        AudioWorklet = "audioworklet",
        /// A top-level navigation.
        Document = "document",
        /// `embed`.
        Embed = "embed",
        /// A font.
        Font = "font",
        /// `frame`.
        Frame = "frame",
        /// `iframe`.
        IFrame = "iframe",
        /// An image.
        Image = "image",
        /// A JSON module.
        Json = "json",
        /// A web app manifest.
        Manifest = "manifest",
        /// `object`.
        Object = "object",
        /// A paint worklet's module.
        PaintWorklet = "paintworklet",
        /// A report.
        Report = "report",
        /// A script, also by `importScripts()`.
        Script = "script",
        /// A service worker's script.
        ServiceWorker = "serviceworker",
        /// A shared worker's script.
        SharedWorker = "sharedworker",
        /// A style sheet.
        Style = "style",
        /// A text module.
        Text = "text",
        /// `track`.
        Track = "track",
        /// `video`.
        Video = "video",
        /// Federated credentials.
        WebIdentity = "webidentity",
        /// A dedicated worker's script.
        Worker = "worker",
        /// An XSLT style sheet.
        Xslt = "xslt",
    }
}

impl Destination {
    /// <https://fetch.spec.whatwg.org/#request-destination-script-like>
    pub const fn is_script_like(self) -> bool {
        matches!(
            self,
            Destination::AudioWorklet
                | Destination::PaintWorklet
                | Destination::Script
                | Destination::ServiceWorker
                | Destination::SharedWorker
                | Destination::Worker
        )
    }

    /// Whether a request with this destination is a
    /// [navigation request](https://fetch.spec.whatwg.org/#navigation-request).
    pub const fn is_navigation(self) -> bool {
        matches!(
            self,
            Destination::Document
                | Destination::Embed
                | Destination::Frame
                | Destination::IFrame
                | Destination::Object
        )
    }

    /// Whether a request with this destination is a
    /// [non-subresource request](https://fetch.spec.whatwg.org/#non-subresource-request).
    pub const fn is_non_subresource(self) -> bool {
        self.is_navigation()
            || matches!(
                self,
                Destination::Report
                    | Destination::ServiceWorker
                    | Destination::SharedWorker
                    | Destination::Worker
            )
    }
}

string_enum! {
    /// <https://fetch.spec.whatwg.org/#concept-request-parser-metadata>
    ParserMetadata {
        /// Does not matter.
        #[default]
        None = "",
        /// The parser inserted the element that asks.
        ParserInserted = "parser-inserted",
        /// A script did.
        NotParserInserted = "not-parser-inserted",
    }
}

string_enum! {
    /// <https://fetch.spec.whatwg.org/#request-priority>
    Priority {
        /// More important than others of its kind.
        High = "high",
        /// Less important.
        Low = "low",
        /// As usual.
        #[default]
        Auto = "auto",
    }
}

string_enum! {
    /// <https://fetch.spec.whatwg.org/#concept-request-response-tainting>
    ResponseTainting {
        /// Of the own origin.
        #[default]
        Basic = "basic",
        /// Of another origin that agreed.
        Cors = "cors",
        /// Of another origin that was not asked.
        Opaque = "opaque",
    }
}

string_enum! {
    /// <https://fetch.spec.whatwg.org/#concept-request-tainted-origin>
    RedirectTaint {
        /// All hops were of the request's origin or stayed where they were.
        #[default]
        SameOrigin = "same-origin",
        /// All hops stayed within a site.
        SameSite = "same-site",
        /// A hop crossed sites.
        CrossSite = "cross-site",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enums_are_read_by_the_specs_strings() {
        for &mode in RequestMode::ALL {
            assert_eq!(mode.as_str().parse(), Ok(mode));
        }
        assert_eq!("".parse(), Ok(Destination::None));
        assert!("No-Cors".parse::<RequestMode>().is_err());
    }

    #[test]
    fn worker_scripts_are_script_like_and_no_subresources() {
        assert!(
            Destination::ServiceWorker.is_script_like() && Destination::ServiceWorker.is_non_subresource()
        );
        assert!(Destination::Script.is_script_like() && !Destination::Script.is_non_subresource());
        assert!(!Destination::Xslt.is_script_like() && !Destination::ServiceWorker.is_navigation());
    }
}
