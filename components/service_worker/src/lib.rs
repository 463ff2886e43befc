//! Service worker registrations and jobs (<https://w3c.github.io/ServiceWorker/>).
