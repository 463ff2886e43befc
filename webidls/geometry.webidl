// Geometry Interfaces Module Level 1
// https://drafts.fxtf.org/geometry/

[Exposed=(Window,Worker),
 Serializable]
interface DOMPointReadOnly {
  constructor(optional unrestricted double x = 0, optional unrestricted double y = 0,
          optional unrestricted double z = 0, optional unrestricted double w = 1);

  [NewObject] static DOMPointReadOnly fromPoint(optional DOMPointInit other = {});

  readonly attribute unrestricted double x;
  readonly attribute unrestricted double y;
  readonly attribute unrestricted double z;
  readonly attribute unrestricted double w;

  [Default] object toJSON();
};

[Exposed=(Window,Worker),
 Serializable,
 LegacyWindowAlias=SVGPoint]
interface DOMPoint : DOMPointReadOnly {
  constructor(optional unrestricted double x = 0, optional unrestricted double y = 0,
          optional unrestricted double z = 0, optional unrestricted double w = 1);

  [NewObject] static DOMPoint fromPoint(optional DOMPointInit other = {});

  inherit attribute unrestricted double x;
  inherit attribute unrestricted double y;
  inherit attribute unrestricted double z;
  inherit attribute unrestricted double w;
};

dictionary DOMPointInit {
  unrestricted double x = 0;
  unrestricted double y = 0;
  unrestricted double z = 0;
  unrestricted double w = 1;
};

[Exposed=(Window,Worker),
 Serializable]
interface DOMRectReadOnly {
  constructor(optional unrestricted double x = 0, optional unrestricted double y = 0,
          optional unrestricted double width = 0, optional unrestricted double height = 0);

  [NewObject] static DOMRectReadOnly fromRect(optional DOMRectInit other = {});

  readonly attribute unrestricted double x;
  readonly attribute unrestricted double y;
  readonly attribute unrestricted double width;
  readonly attribute unrestricted double height;
  readonly attribute unrestricted double top;
  readonly attribute unrestricted double right;
  readonly attribute unrestricted double bottom;
  readonly attribute unrestricted double left;

  [Default] object toJSON();
};

[Exposed=(Window,Worker),
 Serializable,
 LegacyWindowAlias=SVGRect]
interface DOMRect : DOMRectReadOnly {
  constructor(optional unrestricted double x = 0, optional unrestricted double y = 0,
          optional unrestricted double width = 0, optional unrestricted double height = 0);

  [NewObject] static DOMRect fromRect(optional DOMRectInit other = {});

  inherit attribute unrestricted double x;
  inherit attribute unrestricted double y;
  inherit attribute unrestricted double width;
  inherit attribute unrestricted double height;
};

dictionary DOMRectInit {
  unrestricted double x = 0;
  unrestricted double y = 0;
  unrestricted double width = 0;
  unrestricted double height = 0;
};

[Exposed=(Window,Worker),
 Serializable]
interface DOMQuad {
  constructor(optional DOMPointInit p1 = {}, optional DOMPointInit p2 = {},
          optional DOMPointInit p3 = {}, optional DOMPointInit p4 = {});

  [NewObject] static DOMQuad fromRect(optional DOMRectInit other = {});
  [NewObject] static DOMQuad fromQuad(optional DOMQuadInit other = {});

  [SameObject] readonly attribute DOMPoint p1;
  [SameObject] readonly attribute DOMPoint p2;
  [SameObject] readonly attribute DOMPoint p3;
  [SameObject] readonly attribute DOMPoint p4;
  [NewObject] DOMRect getBounds();

  [Default] object toJSON();
};

dictionary DOMQuadInit {
  DOMPointInit p1;
  DOMPointInit p2;
  DOMPointInit p3;
  DOMPointInit p4;
};

// Left out:
// DOMPointReadOnly: matrixTransform()
// DOMRectList, DOMMatrixReadOnly, DOMMatrix, DOMMatrix2DInit, DOMMatrixInit
