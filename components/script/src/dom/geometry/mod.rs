//! [Geometry Interfaces](https://drafts.fxtf.org/geometry/): points, rectangles and quadrilaterals.

pub(crate) mod dom_point;
pub(crate) mod dom_quad;
pub(crate) mod dom_rect;

/// <https://drafts.fxtf.org/geometry/#nan-safe-minimum>
fn nan_safe_minimum(values: &[f64]) -> f64 {
    values
        .iter()
        .copied()
        .fold(f64::INFINITY, |a, b| if a.is_nan() || b.is_nan() { f64::NAN } else { a.min(b) })
}

/// <https://drafts.fxtf.org/geometry/#nan-safe-maximum>
fn nan_safe_maximum(values: &[f64]) -> f64 {
    values
        .iter()
        .copied()
        .fold(f64::NEG_INFINITY, |a, b| if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) })
}
