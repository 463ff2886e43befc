//! <https://drafts.fxtf.org/geometry/#DOMRect>

use super::{nan_safe_maximum, nan_safe_minimum};
use crate::bindings::dictionaries::DOMRectInit;
use crate::bindings::interfaces::{DOMRectMethods, DOMRectReadOnlyMethods};
use crate::webidl::*;

/// <https://drafts.fxtf.org/geometry/#domrectreadonly>
#[dom_struct]
pub struct DOMRectReadOnly {
    reflector: Reflector,
    /// x, y, width and height.
    values: [Cell<f64>; 4],
}

/// <https://drafts.fxtf.org/geometry/#domrect>
#[dom_struct]
pub struct DOMRect {
    rect: DOMRectReadOnly,
}

impl DOMRectReadOnly {
    fn new_inherited(values: [f64; 4]) -> DOMRectReadOnly {
        DOMRectReadOnly { reflector: Reflector::new(), values: values.map(Cell::new) }
    }

    fn values(&self) -> [f64; 4] {
        [0, 1, 2, 3].map(|index: usize| self.values[index].get())
    }

    /// The two edges of one direction: 0 is horizontal, 1 vertical.
    fn edges(&self, direction: usize) -> [f64; 2] {
        let [start, size] = [self.values[direction].get(), self.values[direction + 2].get()];
        [start, start + size]
    }
}

impl DOMRect {
    fn boxed(values: [f64; 4]) -> Box<DOMRect> {
        Box::new(DOMRect { rect: DOMRectReadOnly::new_inherited(values) })
    }

    /// x, y, width and height.
    pub(super) fn new(cx: &mut JSContext, global: &GlobalScope, values: [f64; 4]) -> DomRoot<DOMRect> {
        reflect_dom_object(cx, Self::boxed(values), global)
    }

    fn set(&self, index: usize, value: f64) -> Fallible<()> {
        self.rect.values[index].set(value);
        Ok(())
    }
}

/// x, y, width and height.
fn values_of(init: &DOMRectInit) -> [f64; 4] {
    [init.x, init.y, init.width, init.height]
}

impl DOMRectReadOnlyMethods for DOMRectReadOnly {
    /// <https://drafts.fxtf.org/geometry/#dom-domrectreadonly-domrectreadonly>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        x: f64,
        y: f64,
        width: f64,
        height: f64,
    ) -> Fallible<DomRoot<DOMRectReadOnly>> {
        let rect = Box::new(DOMRectReadOnly::new_inherited([x, y, width, height]));
        Ok(reflect_dom_object_with_proto(cx, rect, global, proto))
    }

    /// <https://drafts.fxtf.org/geometry/#dom-domrectreadonly-fromrect>
    fn FromRect(
        cx: &mut JSContext,
        global: &GlobalScope,
        other: &DOMRectInit,
    ) -> Fallible<DomRoot<DOMRectReadOnly>> {
        Ok(reflect_dom_object(cx, Box::new(DOMRectReadOnly::new_inherited(values_of(other))), global))
    }

    fn X(&self) -> f64 {
        self.values[0].get()
    }

    fn Y(&self) -> f64 {
        self.values[1].get()
    }

    fn Width(&self) -> f64 {
        self.values[2].get()
    }

    fn Height(&self) -> f64 {
        self.values[3].get()
    }

    /// <https://drafts.fxtf.org/geometry/#dom-domrectreadonly-domrect-top>
    fn Top(&self) -> f64 {
        nan_safe_minimum(&self.edges(1))
    }

    /// <https://drafts.fxtf.org/geometry/#dom-domrectreadonly-domrect-right>
    fn Right(&self) -> f64 {
        nan_safe_maximum(&self.edges(0))
    }

    /// <https://drafts.fxtf.org/geometry/#dom-domrectreadonly-domrect-bottom>
    fn Bottom(&self) -> f64 {
        nan_safe_maximum(&self.edges(1))
    }

    /// <https://drafts.fxtf.org/geometry/#dom-domrectreadonly-domrect-left>
    fn Left(&self) -> f64 {
        nan_safe_minimum(&self.edges(0))
    }
}

impl DOMRectMethods for DOMRect {
    /// <https://drafts.fxtf.org/geometry/#dom-domrect-domrect>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        x: f64,
        y: f64,
        width: f64,
        height: f64,
    ) -> Fallible<DomRoot<DOMRect>> {
        Ok(reflect_dom_object_with_proto(cx, DOMRect::boxed([x, y, width, height]), global, proto))
    }

    /// <https://drafts.fxtf.org/geometry/#dom-domrect-fromrect>
    fn FromRect(cx: &mut JSContext, global: &GlobalScope, other: &DOMRectInit) -> Fallible<DomRoot<DOMRect>> {
        Ok(DOMRect::new(cx, global, values_of(other)))
    }

    fn SetX(&self, _cx: &mut JSContext, x: f64) -> Fallible<()> {
        self.set(0, x)
    }

    fn SetY(&self, _cx: &mut JSContext, y: f64) -> Fallible<()> {
        self.set(1, y)
    }

    fn SetWidth(&self, _cx: &mut JSContext, width: f64) -> Fallible<()> {
        self.set(2, width)
    }

    fn SetHeight(&self, _cx: &mut JSContext, height: f64) -> Fallible<()> {
        self.set(3, height)
    }
}

/// A rectangle's numbers: <https://drafts.fxtf.org/geometry/#structured-serialization>.
struct SerializedRect {
    values: [f64; 4],
    is_mutable: bool,
}

impl Serializable for DOMRectReadOnly {
    fn serialize(&self) -> Fallible<Box<dyn SerializedObject>> {
        Ok(Box::new(SerializedRect { values: self.values(), is_mutable: false }))
    }
}

impl Serializable for DOMRect {
    fn serialize(&self) -> Fallible<Box<dyn SerializedObject>> {
        Ok(Box::new(SerializedRect { values: self.rect.values(), is_mutable: true }))
    }
}

impl SerializedObject for SerializedRect {
    fn deserialize(&self, cx: &mut JSContext, global: &GlobalScope) -> Fallible<RootedObject> {
        if self.is_mutable {
            return Ok(DOMRect::new(cx, global, self.values).reflector().get_jsobject().into());
        }
        let rect = Box::new(DOMRectReadOnly::new_inherited(self.values));
        Ok(reflect_dom_object(cx, rect, global).reflector().get_jsobject().into())
    }
}
