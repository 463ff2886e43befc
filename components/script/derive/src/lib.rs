//! Derive macros for DOM structs.
