//! Errors: <https://w3c.github.io/webdriver/#errors>, and those of the command that Background Fetch adds.

use std::fmt;

use ::http::StatusCode;
use script::automation::ErrorCode;
use serde_json::json;
use webdriver::error::{ErrorStatus, WebDriverError};

use crate::pages::PageError;

/// Why a command failed.
#[derive(Debug)]
pub enum Error {
    /// One of WebDriver's own.
    Standard(WebDriverError),
    /// <https://wicg.github.io/background-fetch/#automation-click>, step 4: no service worker is registered for the
    /// page.
    InvalidServiceWorkerState,
    /// <https://wicg.github.io/background-fetch/#automation-click>, step 6: the registration has no such fetch.
    BackgroundFetchNotFound(String),
}

impl Error {
    /// One of WebDriver's own.
    pub fn new(status: ErrorStatus, message: impl Into<String>) -> Self {
        Error::Standard(WebDriverError::new(status, message.into()))
    }

    /// What this engine can't do.
    pub fn unsupported(what: &str) -> Self {
        Error::new(ErrorStatus::UnsupportedOperation, format!("this engine has no {what}"))
    }

    /// The status of the answer.
    pub fn http_status(&self) -> StatusCode {
        match self {
            Error::Standard(error) => error.http_status(),
            Error::InvalidServiceWorkerState => StatusCode::BAD_REQUEST,
            Error::BackgroundFetchNotFound(_) => StatusCode::NOT_FOUND,
        }
    }

    /// The body of the answer: <https://w3c.github.io/webdriver/#dfn-send-an-error>.
    pub fn body(&self) -> String {
        let own = |code: &str, message: &str| {
            json!({ "value": { "error": code, "message": message, "stacktrace": "" } }).to_string()
        };
        match self {
            Error::Standard(error) => serde_json::to_string(error)
                .unwrap_or_else(|_| own("unknown error", "an error that has no JSON")),
            Error::InvalidServiceWorkerState => own("invalid service worker state", &self.to_string()),
            Error::BackgroundFetchNotFound(_) => own("background fetch not found", &self.to_string()),
        }
    }
}

impl From<WebDriverError> for Error {
    fn from(error: WebDriverError) -> Self {
        Error::Standard(error)
    }
}

impl From<PageError> for Error {
    fn from(error: PageError) -> Self {
        let message = error.to_string();
        match error {
            PageError::Ended => Error::new(ErrorStatus::NoSuchWindow, message),
            PageError::Crashed(_) | PageError::NotLoaded(_) => Error::new(ErrorStatus::UnknownError, message),
            PageError::Command(error) => {
                let status = match error.code {
                    ErrorCode::InvalidArgument => ErrorStatus::InvalidArgument,
                    ErrorCode::InvalidSelector => ErrorStatus::InvalidSelector,
                    ErrorCode::JavascriptError => ErrorStatus::JavascriptError,
                    ErrorCode::NoSuchWindow => ErrorStatus::NoSuchWindow,
                    ErrorCode::NoSuchElement => ErrorStatus::NoSuchElement,
                    ErrorCode::NoSuchFrame => ErrorStatus::NoSuchFrame,
                    ErrorCode::StaleElementReference => ErrorStatus::StaleElementReference,
                };
                Error::Standard(WebDriverError::new_with_data(status, message, None, error.stack))
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Standard(error) => write!(f, "{}: {}", error.error_code(), error.message),
            Error::InvalidServiceWorkerState => f.write_str("no service worker is registered for the page"),
            Error::BackgroundFetchNotFound(id) => {
                write!(f, "the page's service worker has no background fetch with the id `{id}`")
            }
        }
    }
}

impl From<Error> for String {
    fn from(error: Error) -> Self {
        error.to_string()
    }
}
