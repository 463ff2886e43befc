//! The profile: SQLite for state, files for bodies.
