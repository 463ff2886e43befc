//! The program `ferry`: opens pages in the engine, headless, and shows what becomes of their background fetches.

mod args;
mod serve;

fn main() {}
