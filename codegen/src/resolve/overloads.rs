//! Overloads have to be told apart (<https://webidl.spec.whatwg.org/#dfn-effective-overload-set>).

use super::distinguish::distinguishable;
use crate::diagnostic::{Diagnostic, Kind};
use crate::model::{Model, Overload, Type};

/// One way of calling one overload: the types of that many arguments.
struct Call<'a> {
    overload: &'a Overload,
    types: Vec<&'a Type>,
}

/// Checks the overloads of an operation, constructor or factory function.
pub(super) fn check(model: &Model, overloads: &[Overload], errors: &mut Vec<Diagnostic>) {
    let [first, rest @ ..] = overloads else { return };
    for overload in rest {
        if overload.return_type.is_promise() != first.return_type.is_promise() {
            let message = "either all overloads return promises, or none";
            let error = Diagnostic::new(Kind::Overload, overload.span, message);
            errors.push(error.related(first.span, "the first overload"));
        }
    }
    if rest.is_empty() {
        return;
    }
    let longest = overloads.iter().map(|overload| overload.arguments.len()).max().unwrap_or(0);
    let mut reported: Vec<(usize, usize)> = Vec::new();
    for length in 0..=longest {
        let calls: Vec<_> =
            overloads.iter().enumerate().filter_map(|(index, it)| Some((index, call(it, length)?))).collect();
        for (position, (second_index, second)) in calls.iter().enumerate() {
            for (first_index, first) in &calls[..position] {
                if reported.contains(&(*first_index, *second_index))
                    || distinguishing_index(model, first, second)
                {
                    continue;
                }
                let plural = if length == 1 { "" } else { "s" };
                reported.push((*first_index, *second_index));
                let message =
                    format!("with {length} argument{plural} this can't be told from another overload");
                let error = Diagnostic::new(Kind::Overload, second.overload.span, message);
                errors.push(error.related(first.overload.span, "the other overload"));
            }
        }
    }
}

/// The types of `length` arguments to an overload, if it can be called with that many.
fn call(overload: &Overload, length: usize) -> Option<Call<'_>> {
    let declared = overload.arguments.len();
    if length < overload.length() || (length > declared && !overload.is_variadic()) {
        return None;
    }
    let last = overload.arguments.last();
    let types =
        (0..length).filter_map(|index| overload.arguments.get(index).or(last)).map(|it| &it.ty).collect();
    Some(Call { overload, types })
}

/// <https://webidl.spec.whatwg.org/#dfn-distinguishing-argument-index>: whether there is one, and whether the types
/// before it are the same.
fn distinguishing_index(model: &Model, a: &Call<'_>, b: &Call<'_>) -> bool {
    let is_a = |interface: crate::model::InterfaceId, ancestor: crate::model::InterfaceId| {
        model.is_a(interface, ancestor)
    };
    let treats_null = |callback: crate::model::CallbackId| model[callback].treats_non_object_as_null();
    for (a, b) in a.types.iter().zip(&b.types) {
        if distinguishable(a, b, &is_a, &treats_null) {
            return true;
        }
        if a != b {
            return false;
        }
    }
    false
}
