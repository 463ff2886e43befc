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

    /// An exposure in the tables.
    pub fn exposure(&self, exposure: &Exposure, secure: bool) -> TokenStream {
        let bits = self.bits(exposure);
        if bits.to_string() == quote!(!0).to_string() && !secure {
            return quote!(Exposure::ALL);
        }
        quote!(Exposure { globals: #bits, secure: #secure })
    }
}
