it("points have four coordinates", () => {
  equal(new DOMPoint(1, 2).toJSON(), { x: 1, y: 2, z: 0, w: 1 });
  const point = DOMPoint.fromPoint({ x: 5, w: NaN });
  point.y = -Infinity;
  equal([point.x, point.y, point.z, point.w], [5, -Infinity, 0, NaN]);
  ok(point instanceof DOMPointReadOnly && SVGPoint === DOMPoint);
  const fixed = DOMPointReadOnly.fromPoint(point);
  ok(!(fixed instanceof DOMPoint));
  throws("TypeError", () => { "use strict"; fixed.x = 1; });
});

it("rectangles have edges", () => {
  const rect = new DOMRect(10, 20, -5, 7);
  equal([rect.left, rect.top, rect.right, rect.bottom], [5, 20, 10, 27]);
  rect.width = NaN;
  equal([rect.left, rect.right, rect.top], [NaN, NaN, 20]);
  equal(DOMRectReadOnly.fromRect({ height: 1 }).toJSON(),
    { x: 0, y: 0, width: 0, height: 1, top: 0, right: 0, bottom: 1, left: 0 });
});

it("quadrilaterals have corners and bounds", () => {
  const quad = DOMQuad.fromRect({ x: 1, y: 2, width: 3, height: 4 });
  equal([quad.p1, quad.p2, quad.p3, quad.p4].map((p) => `${p.x} ${p.y}`), ["1 2", "4 2", "4 6", "1 6"]);
  same(quad.p1, quad.p1);
  quad.p3.x = 9;
  const bounds = quad.getBounds();
  equal([bounds.x, bounds.y, bounds.width, bounds.height], [1, 2, 8, 4]);
  quad.p4.y = NaN;
  equal(quad.getBounds().height, NaN);
  equal(DOMQuad.fromQuad({ p2: { x: 3 } }).p2.toJSON(), { x: 3, y: 0, z: 0, w: 1 });
  same(Object.keys(quad.toJSON()).join(), "p1,p2,p3,p4");
});

it("all of them are cloned as what they are", () => {
  for (const object of [new DOMPoint(1, 2, 3, 4), new DOMPointReadOnly(1), new DOMRect(1, 2, 3, 4), new DOMRectReadOnly(1)]) {
    const copy = structuredClone(object);
    same(Object.getPrototypeOf(copy), Object.getPrototypeOf(object));
    equal(copy.toJSON(), object.toJSON());
  }
  equal(structuredClone(new DOMQuad({ x: 7 })).p1.x, 7);
});
