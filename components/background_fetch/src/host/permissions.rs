//! The permission "background-fetch" (<https://wicg.github.io/background-fetch/#permissions>).

use futures::future::BoxFuture;

use crate::concepts::RegistrationKey;

/// Answers for the [default powerful
/// feature](https://w3c.github.io/permissions/#dfn-default-powerful-feature) named "background-fetch".
pub trait Permissions: Send + Sync {
    /// The [permission state](https://w3c.github.io/permissions/#dfn-permission-state).
    fn state(&self, query: PermissionQuery) -> BoxFuture<'static, PermissionState>;
}

/// For whom permission is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermissionQuery {
    /// The registration on whose manager `fetch()` was called; its storage key holds the origin.
    pub registration: RegistrationKey,
}

/// A [permission state](https://w3c.github.io/permissions/#dom-permissionstate).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PermissionState {
    /// Allowed.
    Granted,
    /// Refused.
    Denied,
    /// Not decided. The fetch starts, paused where
    /// [`Config::pause_on_prompt`](crate::Config::pause_on_prompt) says so, and a person lets it go on or
    /// cancels it.
    Prompt,
}
