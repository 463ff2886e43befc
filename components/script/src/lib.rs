//! The engine: SpiderMonkey, event loops, bindings and DOM.

pub mod webidl;
