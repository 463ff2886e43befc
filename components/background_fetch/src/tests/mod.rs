//! The component as a whole, with fakes for everyone else. What these tests hold follows the names of what other engines
//! test, and goes beyond them.

mod store;
