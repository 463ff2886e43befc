//! Fetches whose timing is reported: <https://fetch.spec.whatwg.org/#finalize-and-report-timing>, with
//! <https://w3c.github.io/resource-timing/#dfn-mark-resource-timing>.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use fetch::{BodyStream, BoxFuture, Bytes, FetchParams, NetworkError, Request, Response, ResponseType};
use futures::{FutureExt, Stream, StreamExt};
use url::Url;

use super::resource_timings::{Finished, ResourceTiming};
use crate::dom::csp::fetch_params;
use crate::dom::html::time_origin::TimeOrigin;
use crate::webidl::*;

/// Fetches a request of `global`'s. Its timing is reported when its body has been read to its end.
pub(crate) fn start_fetch(
    global: &GlobalScope,
    request: Request,
    initiator_type: &'static str,
) -> BoxFuture<'static, Result<Response, NetworkError>> {
    fetch_with_timing(global, fetch_params(global, request), initiator_type)
}

/// The same with all that a fetch is given.
pub(crate) fn fetch_with_timing(
    global: &GlobalScope,
    params: FetchParams,
    initiator_type: &'static str,
) -> BoxFuture<'static, Result<Response, NetworkError>> {
    let mut report = Report {
        finished: global.resource_timings().finished(),
        origin: *global.time_origin(),
        url: params.request.url().clone(),
        initiator_type,
        start: Instant::now(),
        response_status: 0,
    };
    let fetching = global.hosts().network.fetch(params);
    let timed = async move {
        let mut response = match fetching.await {
            Ok(response) => response,
            Err(error) => {
                report.finish();
                return Err(error);
            }
        };
        // What the page may not see is not told either.
        if response.head.response_type != ResponseType::Opaque {
            report.response_status = response.head.status;
        }
        match response.body.take() {
            None => report.finish(),
            Some(body) => response.body = Some(TimedBody { body, report: Some(report) }.boxed()),
        }
        Ok(response)
    };
    timed.boxed()
}

/// What will be reported.
struct Report {
    finished: Finished,
    origin: TimeOrigin,
    url: Url,
    initiator_type: &'static str,
    start: Instant,
    response_status: u16,
}

impl Report {
    /// <https://fetch.spec.whatwg.org/#finalize-and-report-timing>
    fn finish(self) {
        // Only what goes over HTTP is a resource.
        if !fetch::schemes::is_http(&self.url) {
            return;
        }
        let end = Instant::now();
        let Report { finished, origin, url, initiator_type, start, response_status } = self;
        let (start, end) = (origin.relative(start), origin.relative(end));
        finished.add(ResourceTiming { url, initiator_type, start, end, response_status });
    }
}

/// A body that reports when it has ended.
struct TimedBody {
    body: BodyStream,
    report: Option<Report>,
}

impl Stream for TimedBody {
    type Item = Result<Bytes, NetworkError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = self.body.poll_next_unpin(cx);
        if let Poll::Ready(None | Some(Err(_))) = polled
            && let Some(report) = self.report.take()
        {
            report.finish();
        }
        polled
    }
}
