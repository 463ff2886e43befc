//! Fetch's data types and policy, without I/O (<https://fetch.spec.whatwg.org/>).
//!
//! Everything here looks at data alone: a request, a response's head, a header list. Bytes on a socket are the
//! work of whoever implements [`Network`]; pages, workers and the background fetch component call that trait
//! and get an already filtered response.
//!
//! - [`http`], [`http_extensions`], [`cors`]: Fetch's own sections, a file per sub-section.
//! - [`cookies`]: the cookie store, and which requests take which cookies along.
//! - [`csp`], [`referrer_policy`], [`mixed_content`], [`secure_contexts`], [`integrity`], [`mime_type`]: the
//!   specs that Fetch calls.
//! - [`blob_urls`], [`multipart_form_data`]: what bodies come from.
//! - [`Origin`] and [`StorageKey`], [`PolicyContainer`], [`NetworkError`]: what crosses crate borders.

pub mod blob_urls;
pub mod cookies;
pub mod cors;
pub mod csp;
pub mod data_urls;
mod error;
mod handle_fetch;
pub mod http;
pub mod http_extensions;
pub mod integrity;
pub mod mime_type;
pub mod mixed_content;
pub mod multipart_form_data;
mod network;
mod origin;
mod policy_container;
pub mod port_blocking;
pub mod referrer_policy;
pub mod schemes;
pub mod secure_contexts;
pub mod site;
mod storage_key;
mod string_enum;
mod web_socket;

pub use bytes::Bytes;
pub use cookies::{Cookie, CookieJar};
pub use error::{BlockReason, NetworkError, NetworkErrorKind, TimeoutStage};
pub use handle_fetch::{HandleFetch, check_service_worker_response};
pub use http::bodies::{BodySource, BodyStream, RequestBody, body_of_bytes};
pub use http::header_list::{Header, HeaderList};
pub use http::request_enums::{
    CacheMode, CredentialsMode, Destination, Initiator, ParserMetadata, Priority, RedirectMode,
    RedirectTaint, RequestMode, ResponseTainting, ServiceWorkersMode,
};
pub use http::requests::{Referrer, Request, RequestClient, UrlList};
pub use http::responses::{Response, ResponseHead, ResponseType};
pub use network::{BoxFuture, FetchParams, Network, OnBodySent, OnCspViolation};
pub use origin::{Origin, ParseOriginError};
pub use policy_container::{CspDisposition, CspList, CspPolicy, CspSource, PolicyContainer, ReferrerPolicy};
pub use storage_key::StorageKey;
pub use url::Url;
pub use web_socket::{OutgoingMessage, WebSocketClose, WebSocketConnection, WebSocketEvent};
