//! <https://drafts.fxtf.org/geometry/#DOMQuad>

use super::dom_point::{DOMPoint, coordinates_of};
use super::dom_rect::DOMRect;
use super::{nan_safe_maximum, nan_safe_minimum};
use crate::bindings::dictionaries::{DOMPointInit, DOMQuadInit, DOMRectInit};
use crate::bindings::interfaces::DOMQuadMethods;
use crate::dom::geometry::dom_point::DOMPointReadOnly;
use crate::webidl::*;

/// <https://drafts.fxtf.org/geometry/#domquad>
#[dom_struct]
pub struct DOMQuad {
    reflector: Reflector,
    points: [Dom<DOMPoint>; 4],
}

/// The coordinates of the four points.
type Corners = [[f64; 4]; 4];

impl DOMQuad {
    fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        corners: Corners,
    ) -> DomRoot<DOMQuad> {
        let points = corners.map(|corner| DOMPoint::new(cx, global, corner));
        let points = [0, 1, 2, 3].map(|index: usize| Dom::from_ref(&*points[index]));
        let quad = Box::new(DOMQuad { reflector: Reflector::new(), points });
        reflect_dom_object_with_proto(cx, quad, global, proto)
    }

    fn corners(&self) -> Corners {
        [0, 1, 2, 3].map(|index: usize| self.points[index].upcast::<DOMPointReadOnly>().coordinates())
    }
}

impl DOMQuadMethods for DOMQuad {
    /// <https://drafts.fxtf.org/geometry/#dom-domquad-domquad>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        p1: &DOMPointInit,
        p2: &DOMPointInit,
        p3: &DOMPointInit,
        p4: &DOMPointInit,
    ) -> Fallible<DomRoot<DOMQuad>> {
        Ok(DOMQuad::new(cx, global, proto, [p1, p2, p3, p4].map(coordinates_of)))
    }

    /// <https://drafts.fxtf.org/geometry/#create-a-domquad-from-the-domrectinit-dictionary>
    fn FromRect(cx: &mut JSContext, global: &GlobalScope, other: &DOMRectInit) -> Fallible<DomRoot<DOMQuad>> {
        // 1. Its edges. 2–5. The corners, clockwise.
        let [left, top] = [other.x, other.y];
        let [right, bottom] = [left + other.width, top + other.height];
        let corners = [[left, top], [right, top], [right, bottom], [left, bottom]];
        Ok(DOMQuad::new(cx, global, None, corners.map(|[x, y]| [x, y, 0.0, 1.0])))
    }

    /// <https://drafts.fxtf.org/geometry/#create-a-domquad-from-the-domquadinit-dictionary>
    fn FromQuad(cx: &mut JSContext, global: &GlobalScope, other: &DOMQuadInit) -> Fallible<DomRoot<DOMQuad>> {
        let points = [&other.p1, &other.p2, &other.p3, &other.p4];
        let corners = points.map(|point| point.as_ref().map_or([0.0, 0.0, 0.0, 1.0], coordinates_of));
        Ok(DOMQuad::new(cx, global, None, corners))
    }

    fn P1(&self, _cx: &mut JSContext) -> DomRoot<DOMPoint> {
        self.points[0].as_rooted()
    }

    fn P2(&self, _cx: &mut JSContext) -> DomRoot<DOMPoint> {
        self.points[1].as_rooted()
    }

    fn P3(&self, _cx: &mut JSContext) -> DomRoot<DOMPoint> {
        self.points[2].as_rooted()
    }

    fn P4(&self, _cx: &mut JSContext) -> DomRoot<DOMPoint> {
        self.points[3].as_rooted()
    }

    /// <https://drafts.fxtf.org/geometry/#dom-domquad-getbounds>
    fn GetBounds(&self, cx: &mut JSContext) -> Fallible<DomRoot<DOMRect>> {
        // 2–5. The outermost coordinates.
        let corners = self.corners();
        let [xs, ys] = [0, 1].map(|index: usize| corners.map(|corner| corner[index]));
        let [left, top] = [nan_safe_minimum(&xs), nan_safe_minimum(&ys)];
        let [right, bottom] = [nan_safe_maximum(&xs), nan_safe_maximum(&ys)];
        // 1 and 6.
        Ok(DOMRect::new(cx, &self.global(), [left, top, right - left, bottom - top]))
    }
}

/// The points: <https://drafts.fxtf.org/geometry/#structured-serialization>.
struct SerializedQuad(Corners);

impl Serializable for DOMQuad {
    // FIXME(spec): sub-serialize the points, so that they stay the same as those that are cloned beside the quad.
    fn serialize(&self) -> Fallible<Box<dyn SerializedObject>> {
        Ok(Box::new(SerializedQuad(self.corners())))
    }
}

impl SerializedObject for SerializedQuad {
    fn deserialize(&self, cx: &mut JSContext, global: &GlobalScope) -> Fallible<RootedObject> {
        Ok(DOMQuad::new(cx, global, None, self.0).reflector().get_jsobject().into())
    }
}
