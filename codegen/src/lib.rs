//! Web IDL in, SpiderMonkey bindings in Rust out.
