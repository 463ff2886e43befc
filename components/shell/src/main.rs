//! The program `ferry`.

fn main() {}
