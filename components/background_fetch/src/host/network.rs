//! The network.

/// Sends a fetch's requests. Fetch's own network trait is all that is needed; what the component asks of it:
///
/// * The future resolves at the response's head; the body streams after it, and is read only as fast as the
///   store takes it. Dropping either ends the transfer at once.
/// * The whole of Fetch's policy (CORS, redirects, mixed content, content security policy, …) is applied
///   behind it, with the origin, policy container and referrer that the request carries (NB: SD-21).
/// * No limit on the size of a `keepalive` request's body (NB: SD-20).
/// * A body that ends before its announced length is an error, not an end.
/// * An error says whether it is *temporary*: whether the same request may well succeed later
///   ([temporarily unavailable](https://wicg.github.io/background-fetch/#temporarily-unavailable)).
pub use fetch::Network;
