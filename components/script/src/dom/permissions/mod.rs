//! Permissions: <https://w3c.github.io/permissions/>.

mod names;
pub(crate) mod permission_status;
#[expect(clippy::module_inception, reason = "the interface has the specification's name")]
pub(crate) mod permissions;

pub(crate) use permission_status::PermissionStatus;
pub(crate) use permissions::Permissions;
