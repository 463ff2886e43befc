//! Exposure as bits, one for each kind of global: <https://webidl.spec.whatwg.org/#Exposed>.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::Emitter;
use crate::model::{Exposure, InterfaceId};

impl Emitter<'_> {
    /// The bit of a global.
    pub fn bit(&self, global: InterfaceId) -> TokenStream {
        let bit = Literal::u32_unsuffixed(self.bit_value(global));
        quote!(#bit)
    }

    fn bit_value(&self, global: InterfaceId) -> u32 {
        let globals = self.globals.iter().position(|id| *id == global);
        globals.and_then(|index| 1u32.checked_shl(index as u32)).unwrap_or(0)
    }

    /// The bits of the globals in which something is exposed.
    pub fn bits(&self, exposure: &Exposure) -> TokenStream {
        if self.globals.iter().all(|global| exposure.includes(*global)) {
            return quote!(!0);
        }
        let bits = self.globals.iter().filter(|global| exposure.includes(**global));
        let bits = Literal::u32_unsuffixed(bits.map(|global| self.bit_value(*global)).sum());
        quote!(#bits)
    }

    /// The exposure of an interface or the like in the tables; `security` says whether it is for secure contexts, and
    /// for cross-origin isolated realms.
    pub fn exposure(&self, name: &str, exposure: &Exposure, security: [bool; 2]) -> TokenStream {
        let bits = self.bits(exposure);
        let base = match bits.to_string() == quote!(!0).to_string() {
            true => quote!(Exposure::ALL),
            false => quote!(Exposure::within(#bits)),
        };
        let conditions = self.conditions(name, security);
        quote!(#base #conditions)
    }

    /// The conditions of an exposure, as calls on it: `[SecureContext]`, `[CrossOriginIsolated]`, and the feature that
    /// the definition or member of that name (`Foo`, `Foo.bar`) belongs to.
    pub fn conditions(&self, name: &str, [secure, isolated]: [bool; 2]) -> TokenStream {
        let secure = secure.then(|| quote!(.secure()));
        let isolated = isolated.then(|| quote!(.cross_origin_isolated()));
        let feature = self.options.features.feature_of(name).map(|feature| quote!(.feature(#feature)));
        quote!(#secure #isolated #feature)
    }
}
