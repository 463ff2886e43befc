//! Fetch's data types and policy, without I/O (<https://fetch.spec.whatwg.org/>).
