//! Up and down the inheritance of interfaces.

#![allow(unsafe_code)]

use std::ptr;

use super::class::{DomClass, class_of};
use super::{DomObject, Reflector};

/// `Self` is `T`, or inherits from it.
///
/// # Safety
/// The `#[repr(C)]` struct `Self` must begin with a `T`. Implemented by generated code, which checks it through
/// [`HasParent`], and by [`castable!`](crate::castable).
pub unsafe trait DerivedFrom<T>: DomObject {}

/// What the first field of a DOM struct is.
///
/// # Safety
/// The `#[repr(C)]` struct must begin with a `Parent`. Implemented by `#[dom_struct]`.
pub unsafe trait HasParent {
    /// The first field's type: the parent's struct, or [`Reflector`].
    type Parent: DomObject;
}

// SAFETY: every DOM struct begins with it; this ends the recursion of the checks.
unsafe impl DerivedFrom<Reflector> for Reflector {}

/// A struct that an object can be asked about.
///
/// # Safety
/// `is_class` may only be true for classes whose objects hold a struct that is a `Self`, or begins with one.
pub unsafe trait DomType: DomObject {
    /// Whether objects of this class are `Self`s.
    fn is_class(class: &'static DomClass) -> bool;
}

/// Casts, for every DOM struct.
pub trait Castable: DomObject + Sized {
    /// This object as one of its ancestors.
    fn upcast<T: DomObject>(&self) -> &T
    where
        Self: DerivedFrom<T>,
    {
        // SAFETY: `Self` begins with a `T`.
        unsafe { &*ptr::from_ref(self).cast::<T>() }
    }

    /// Whether this object is a `T`.
    fn is<T>(&self) -> bool
    where
        T: DerivedFrom<Self> + DomType,
    {
        class_of(self.reflector()).is_some_and(T::is_class)
    }

    /// This object as a descendant, if it is one.
    fn downcast<T>(&self) -> Option<&T>
    where
        T: DerivedFrom<Self> + DomType,
    {
        // SAFETY: the class says that the object that this reference is to the beginning of is a `T`.
        self.is::<T>().then(|| unsafe { &*ptr::from_ref(self).cast::<T>() })
    }
}

impl<T: DomObject> Castable for T {}

/// Derivation for structs that stand for no interface of their own, like `GlobalScope`:
/// `castable!(Window => GlobalScope)`. The compiler checks the first field.
#[macro_export]
macro_rules! castable {
    ($($child:ty => $($ancestor:ty),+;)*) => {$($(
        const _: () = {
            const fn begins_with_a<P: $crate::webidl::DerivedFrom<$ancestor>>() {}
            begins_with_a::<<$child as $crate::webidl::HasParent>::Parent>();
        };
        // SAFETY: checked just above.
        #[allow(unsafe_code)]
        unsafe impl $crate::webidl::DerivedFrom<$ancestor> for $child {}
    )+)*};
}
