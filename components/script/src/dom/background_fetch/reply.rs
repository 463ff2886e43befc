//! How the component answers.

use background_fetch::{Error as BackgroundFetchError, Exception, Handle, Reply};

use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// The component, if this engine has it.
pub(super) fn service(global: &GlobalScope) -> Fallible<Handle> {
    match global.services() {
        Some(services) => Ok(services.background_fetch.clone()),
        None => Err(Error::NotSupported("there is no background fetch here".into())),
    }
}

/// An answer that settles `promise` in a task (NB: SD-56): by `resolve`, or with the component's error.
pub(super) fn reply<T: Send + 'static>(
    global: &GlobalScope,
    promise: &Promise,
    resolve: impl FnOnce(&mut JSContext, &GlobalScope, &Promise, T) + Send + 'static,
) -> Reply<T> {
    let promise = TrustedPromise::new(promise);
    let tasks = global.task_sender();
    Reply::new(move |answer| {
        // NB: SD-27: in a realm that is being torn down the task does not run any more.
        tasks.post(
            TaskSource::BackgroundFetch,
            Box::new(move |cx, global| {
                let promise = promise.root();
                match answer {
                    Ok(value) => resolve(cx, global, &promise, value),
                    Err(error) => promise.reject(cx, dom_error(&error)),
                }
            }),
        );
    })
}

/// What a page sees of an error of the component's.
fn dom_error(error: &BackgroundFetchError) -> Error {
    let message = error.to_string();
    match error.exception() {
        Exception::Type => Error::Type(message),
        Exception::NotAllowed => Error::NotAllowed(message),
        Exception::InvalidState => Error::InvalidState(message),
        Exception::Abort => Error::Abort(message),
        Exception::Unknown => Error::Unknown(message),
        // NB: SD-50.
        Exception::QuotaExceeded { quota, requested } => {
            Error::QuotaExceeded { message, quota: quota.map(to_double), requested: requested.map(to_double) }
        }
    }
}

/// The nearest double: above 2^53 bytes nobody counts single ones.
#[expect(clippy::cast_precision_loss, reason = "that is what the comment says")]
fn to_double(bytes: u64) -> f64 {
    bytes as f64
}
