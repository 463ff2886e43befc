//! A jar that nobody keeps.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::{Cookie, CookieJar, CookieJarError, CookieKey, CookieStore, SameSiteMode};
use crate::{BoxFuture, Request, Url};

/// Cookies that are gone with the process: for a host without a profile.
#[derive(Debug, Default)]
pub struct MemoryCookieJar(Mutex<CookieStore>);

impl MemoryCookieJar {
    fn store(&self) -> MutexGuard<'_, CookieStore> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CookieJar for MemoryCookieJar {
    fn cookie_header(&self, request: &Request) -> Option<Vec<u8>> {
        self.store().cookie_header(request, SystemTime::now())
    }

    fn store_set_cookie(&self, request: &Request, values: &[&[u8]]) {
        self.store().store_set_cookie(request, values, SystemTime::now());
    }

    fn document_cookies(&self, url: &Url, mode: SameSiteMode) -> Vec<u8> {
        self.store().document_cookies(url, mode, SystemTime::now())
    }

    fn set_document_cookie(&self, url: &Url, cookie: &[u8], mode: SameSiteMode) {
        self.store().set_document_cookie(url, cookie, mode, SystemTime::now());
    }

    fn all(&self) -> Vec<Cookie> {
        self.store().iter(SystemTime::now()).cloned().collect()
    }

    fn remove(&self, key: &CookieKey) {
        self.store().remove(key);
    }

    fn clear(&self) -> BoxFuture<'static, Result<(), CookieJarError>> {
        self.store().clear();
        Box::pin(std::future::ready(Ok(())))
    }
}
