//! <https://drafts.fxtf.org/geometry/#DOMPoint>

use crate::bindings::dictionaries::DOMPointInit;
use crate::bindings::interfaces::{DOMPointMethods, DOMPointReadOnlyMethods};
use crate::webidl::*;

/// <https://drafts.fxtf.org/geometry/#dompointreadonly>
#[dom_struct]
pub struct DOMPointReadOnly {
    reflector: Reflector,
    /// x, y, z and w.
    coordinates: [Cell<f64>; 4],
}

/// <https://drafts.fxtf.org/geometry/#dompoint>
#[dom_struct]
pub struct DOMPoint {
    point: DOMPointReadOnly,
}

impl DOMPointReadOnly {
    fn new_inherited(coordinates: [f64; 4]) -> DOMPointReadOnly {
        DOMPointReadOnly { reflector: Reflector::new(), coordinates: coordinates.map(Cell::new) }
    }

    /// x, y, z and w.
    pub(super) fn coordinates(&self) -> [f64; 4] {
        [0, 1, 2, 3].map(|index: usize| self.coordinates[index].get())
    }
}

impl DOMPoint {
    fn boxed(coordinates: [f64; 4]) -> Box<DOMPoint> {
        Box::new(DOMPoint { point: DOMPointReadOnly::new_inherited(coordinates) })
    }

    /// <https://drafts.fxtf.org/geometry/#create-a-dompoint-from-a-dictionary>, whose members are x, y, z and w.
    pub(super) fn new(cx: &mut JSContext, global: &GlobalScope, coordinates: [f64; 4]) -> DomRoot<DOMPoint> {
        reflect_dom_object(cx, Self::boxed(coordinates), global)
    }

    fn set(&self, index: usize, value: f64) -> Fallible<()> {
        self.point.coordinates[index].set(value);
        Ok(())
    }
}

/// x, y, z and w.
pub(super) fn coordinates_of(init: &DOMPointInit) -> [f64; 4] {
    [init.x, init.y, init.z, init.w]
}

impl DOMPointReadOnlyMethods for DOMPointReadOnly {
    /// <https://drafts.fxtf.org/geometry/#dom-dompointreadonly-dompointreadonly>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        x: f64,
        y: f64,
        z: f64,
        w: f64,
    ) -> Fallible<DomRoot<DOMPointReadOnly>> {
        let point = Box::new(DOMPointReadOnly::new_inherited([x, y, z, w]));
        Ok(reflect_dom_object_with_proto(cx, point, global, proto))
    }

    /// <https://drafts.fxtf.org/geometry/#dom-dompointreadonly-frompoint>
    fn FromPoint(
        cx: &mut JSContext,
        global: &GlobalScope,
        other: &DOMPointInit,
    ) -> Fallible<DomRoot<DOMPointReadOnly>> {
        let point = Box::new(DOMPointReadOnly::new_inherited(coordinates_of(other)));
        Ok(reflect_dom_object(cx, point, global))
    }

    fn X(&self) -> f64 {
        self.coordinates[0].get()
    }

    fn Y(&self) -> f64 {
        self.coordinates[1].get()
    }

    fn Z(&self) -> f64 {
        self.coordinates[2].get()
    }

    fn W(&self) -> f64 {
        self.coordinates[3].get()
    }
}

impl DOMPointMethods for DOMPoint {
    /// <https://drafts.fxtf.org/geometry/#dom-dompoint-dompoint>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        x: f64,
        y: f64,
        z: f64,
        w: f64,
    ) -> Fallible<DomRoot<DOMPoint>> {
        Ok(reflect_dom_object_with_proto(cx, DOMPoint::boxed([x, y, z, w]), global, proto))
    }

    /// <https://drafts.fxtf.org/geometry/#dom-dompoint-frompoint>
    fn FromPoint(
        cx: &mut JSContext,
        global: &GlobalScope,
        other: &DOMPointInit,
    ) -> Fallible<DomRoot<DOMPoint>> {
        Ok(DOMPoint::new(cx, global, coordinates_of(other)))
    }

    fn SetX(&self, _cx: &mut JSContext, x: f64) -> Fallible<()> {
        self.set(0, x)
    }

    fn SetY(&self, _cx: &mut JSContext, y: f64) -> Fallible<()> {
        self.set(1, y)
    }

    fn SetZ(&self, _cx: &mut JSContext, z: f64) -> Fallible<()> {
        self.set(2, z)
    }

    fn SetW(&self, _cx: &mut JSContext, w: f64) -> Fallible<()> {
        self.set(3, w)
    }
}

/// A point's coordinates: <https://drafts.fxtf.org/geometry/#structured-serialization>.
struct SerializedPoint {
    coordinates: [f64; 4],
    is_mutable: bool,
}

impl Serializable for DOMPointReadOnly {
    fn serialize(&self) -> Fallible<Box<dyn SerializedObject>> {
        Ok(Box::new(SerializedPoint { coordinates: self.coordinates(), is_mutable: false }))
    }
}

impl Serializable for DOMPoint {
    fn serialize(&self) -> Fallible<Box<dyn SerializedObject>> {
        Ok(Box::new(SerializedPoint { coordinates: self.point.coordinates(), is_mutable: true }))
    }
}

impl SerializedObject for SerializedPoint {
    fn deserialize(&self, cx: &mut JSContext, global: &GlobalScope) -> Fallible<RootedObject> {
        if self.is_mutable {
            return Ok(DOMPoint::new(cx, global, self.coordinates).reflector().get_jsobject().into());
        }
        let point = Box::new(DOMPointReadOnly::new_inherited(self.coordinates));
        Ok(reflect_dom_object(cx, point, global).reflector().get_jsobject().into())
    }
}
