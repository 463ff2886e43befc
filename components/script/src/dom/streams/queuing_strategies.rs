//! Queuing strategies: <https://streams.spec.whatwg.org/#qs>.

use crate::bindings::callbacks::Function;
use crate::bindings::dictionaries::{QueuingStrategy, QueuingStrategyInit};
use crate::bindings::interfaces::{ByteLengthQueuingStrategyMethods, CountQueuingStrategyMethods};
use crate::webidl::*;

/// <https://streams.spec.whatwg.org/#validate-and-normalize-high-water-mark>
pub(super) fn extract_high_water_mark(strategy: &QueuingStrategy, default_hwm: f64) -> Fallible<f64> {
    match strategy.high_water_mark {
        // 1.
        None => Ok(default_hwm),
        // 2–3.
        Some(mark) if mark.is_nan() || mark < 0.0 => {
            Err(Error::Range(format!("highWaterMark can't be {mark}")))
        }
        // 4.
        Some(mark) => Ok(mark),
    }
}

/// <https://streams.spec.whatwg.org/#bytelengthqueuingstrategy>
#[dom_struct]
pub struct ByteLengthQueuingStrategy {
    reflector: Reflector,
    /// [[highWaterMark]]
    high_water_mark: f64,
    /// The size function of its global object.
    size: Function,
}

impl ByteLengthQueuingStrategyMethods for ByteLengthQueuingStrategy {
    /// <https://streams.spec.whatwg.org/#blqs-constructor>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        init: &QueuingStrategyInit,
    ) -> Fallible<DomRoot<ByteLengthQueuingStrategy>> {
        let size = global.size_functions().byte_length(cx)?;
        // 1.
        let strategy = ByteLengthQueuingStrategy {
            reflector: Reflector::new(),
            high_water_mark: init.high_water_mark,
            size: size.as_unrooted().clone(),
        };
        Ok(reflect_dom_object_with_proto(cx, Box::new(strategy), global, proto))
    }

    /// <https://streams.spec.whatwg.org/#blqs-high-water-mark>
    fn HighWaterMark(&self) -> f64 {
        self.high_water_mark
    }

    /// <https://streams.spec.whatwg.org/#blqs-size>
    fn Size(&self, _cx: &mut JSContext) -> Rooted<Function> {
        Rooted::from_unrooted(self.size.clone())
    }
}

/// <https://streams.spec.whatwg.org/#countqueuingstrategy>
#[dom_struct]
pub struct CountQueuingStrategy {
    reflector: Reflector,
    /// [[highWaterMark]]
    high_water_mark: f64,
    /// The size function of its global object.
    size: Function,
}

impl CountQueuingStrategyMethods for CountQueuingStrategy {
    /// <https://streams.spec.whatwg.org/#cqs-constructor>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        init: &QueuingStrategyInit,
    ) -> Fallible<DomRoot<CountQueuingStrategy>> {
        let size = global.size_functions().count(cx)?;
        // 1.
        let strategy = CountQueuingStrategy {
            reflector: Reflector::new(),
            high_water_mark: init.high_water_mark,
            size: size.as_unrooted().clone(),
        };
        Ok(reflect_dom_object_with_proto(cx, Box::new(strategy), global, proto))
    }

    /// <https://streams.spec.whatwg.org/#cqs-high-water-mark>
    fn HighWaterMark(&self) -> f64 {
        self.high_water_mark
    }

    /// <https://streams.spec.whatwg.org/#cqs-size>
    fn Size(&self, _cx: &mut JSContext) -> Rooted<Function> {
        Rooted::from_unrooted(self.size.clone())
    }
}
