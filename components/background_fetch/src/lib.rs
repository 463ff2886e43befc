//! Background Fetch for any engine (<https://wicg.github.io/background-fetch/>).
