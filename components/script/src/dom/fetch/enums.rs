//! Between the enums of Web IDL and those of Fetch's data types, which have the same strings.

use std::str::FromStr;

use crate::bindings::enums as idl;

/// The enum value of the IDL with this string; `otherwise` where script has no name for it.
pub(super) fn to_idl<T: FromStr>(value: &str, otherwise: T) -> T {
    value.parse().unwrap_or(otherwise)
}

macro_rules! same_strings {
    ($($idl:ident => $fetch:ident;)*) => {$(
        impl From<idl::$idl> for fetch::$fetch {
            fn from(value: idl::$idl) -> fetch::$fetch {
                // Every string of the IDL's enum is one of Fetch's.
                value.as_str().parse().unwrap_or_default()
            }
        }
    )*};
}

same_strings! {
    ReferrerPolicy => ReferrerPolicy;
    RequestCache => CacheMode;
    RequestCredentials => CredentialsMode;
    RequestMode => RequestMode;
    RequestPriority => Priority;
    RequestRedirect => RedirectMode;
}
