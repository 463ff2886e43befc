//! The engine: SpiderMonkey, event loops, bindings and DOM.
