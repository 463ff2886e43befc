//! The powerful features that can be asked about: <https://w3c.github.io/permissions-registry/>.

/// Their names. A page may ask about each of them, whether or not the feature itself is there: that a host without
/// cameras allows none is for the host to say.
const NAMES: [&str; 25] = [
    "accelerometer",
    "ambient-light-sensor",
    "background-fetch",
    "background-sync",
    "bluetooth",
    "camera",
    "clipboard-read",
    "clipboard-write",
    "display-capture",
    "geolocation",
    "gyroscope",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "nfc",
    "notifications",
    "periodic-background-sync",
    "persistent-storage",
    "push",
    "screen-wake-lock",
    "speaker-selection",
    "storage-access",
    "window-management",
    "xr-spatial-tracking",
];

/// Whether the feature's name is known.
pub(super) fn is_supported(name: &str) -> bool {
    NAMES.contains(&name)
}
