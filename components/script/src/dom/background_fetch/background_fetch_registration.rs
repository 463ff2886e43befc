//! <https://wicg.github.io/background-fetch/#background-fetch-registration>

use std::cell::Cell;
use std::sync::Arc;

use background_fetch::concepts::{FailureReason, FetchResult, Instance, UniqueId};
use background_fetch::{MatchedRecord, Query, QueryOptions};

use super::BackgroundFetchRecord;
use super::instance_observer::InstanceObserver;
use super::reply::{reply, service};
use crate::bindings::dictionaries::{CacheQueryOptions, RequestInit};
use crate::bindings::enums::{BackgroundFetchFailureReason, BackgroundFetchResult};
use crate::bindings::interfaces::{BackgroundFetchRegistrationMethods, RequestMethods};
use crate::bindings::unions::RequestOrUSVString;
use crate::dom::fetch::request::Request;
use crate::webidl::*;

/// <https://wicg.github.io/background-fetch/#background-fetch-registration>
#[dom_struct]
pub struct BackgroundFetchRegistration {
    event_target: EventTarget,
    /// Its [background fetch](https://wicg.github.io/background-fetch/#backgroundfetchregistration-background-fetch).
    #[no_trace]
    background_fetch: UniqueId,
    id: DOMString,
    upload_total: u64,
    download_total: u64,
    uploaded: Cell<u64>,
    downloaded: Cell<u64>,
    /// The result and the failure reason.
    #[no_trace]
    result: Cell<FetchResult>,
    records_available: Cell<bool>,
    /// While this lives, the component tells of changes.
    #[no_trace]
    _observer: Arc<InstanceObserver>,
}

impl BackgroundFetchRegistration {
    /// For [`super::BackgroundFetchManager::get_instance`] alone: there is one per fetch and manager.
    pub(super) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        instance: &Instance,
        observer: Arc<InstanceObserver>,
    ) -> DomRoot<BackgroundFetchRegistration> {
        let registration = BackgroundFetchRegistration {
            event_target: EventTarget::new_inherited(),
            background_fetch: instance.unique_id,
            id: DOMString::from(&*instance.id),
            upload_total: instance.upload_total,
            download_total: instance.download_total,
            uploaded: Cell::new(instance.uploaded),
            downloaded: Cell::new(instance.downloaded),
            result: Cell::new(instance.result),
            records_available: Cell::new(instance.records_available),
            _observer: observer,
        };
        reflect_dom_object(cx, Box::new(registration), global)
    }

    /// Which background fetch this stands for.
    pub(super) fn background_fetch(&self) -> UniqueId {
        self.background_fetch
    }

    /// [Update background fetch instances](https://wicg.github.io/background-fetch/#update-background-fetch-instance-algorithm),
    /// 6.3–6.10.
    pub(super) fn update(&self, cx: &mut JSContext, instance: &Instance) {
        // 6.3. Records don't come back.
        if !instance.records_available {
            self.records_available.set(false);
        }
        // 6.4. After the fetch has settled nothing else changes.
        if self.result.get() != FetchResult::Active {
            return;
        }
        // 6.5. Nothing changed.
        let unchanged = self.downloaded.get() == instance.downloaded
            && self.uploaded.get() == instance.uploaded
            && self.result.get() == instance.result;
        if unchanged {
            return;
        }
        // 6.6–6.9. Copy.
        self.downloaded.set(instance.downloaded);
        self.uploaded.set(instance.uploaded);
        self.result.set(instance.result);
        // 6.10. Fire.
        self.upcast::<EventTarget>().fire_event(cx, "progress");
    }

    /// [matchAll()](https://wicg.github.io/background-fetch/#background-fetch-registration-match-all), step 1.
    fn check_records_available(&self) -> Fallible<()> {
        if self.records_available.get() {
            return Ok(());
        }
        Err(Error::InvalidState("the background fetch's records are no longer available".into()))
    }
}

/// What is to be matched. NB: SD-40: a string becomes a Request first.
fn query(
    cx: &mut JSContext,
    global: &GlobalScope,
    request: RequestOrUSVString,
    options: &CacheQueryOptions,
) -> Fallible<Query> {
    let request = match request {
        RequestOrUSVString::Request(request) => request,
        url @ RequestOrUSVString::USVString(_) => {
            Request::Constructor(cx, global, None, url, &RequestInit::default())?
        }
    };
    let mut matched = request.request().clone();
    matched.headers = request.headers().header_list();
    Ok(Query {
        request: matched,
        options: QueryOptions {
            ignore_search: options.ignore_search,
            ignore_method: options.ignore_method,
            ignore_vary: options.ignore_vary,
        },
    })
}

impl BackgroundFetchRegistrationMethods for BackgroundFetchRegistration {
    /// <https://wicg.github.io/background-fetch/#dom-backgroundfetchregistration-id>
    fn Id(&self) -> DOMString {
        self.id.clone()
    }

    /// <https://wicg.github.io/background-fetch/#dom-backgroundfetchregistration-uploadtotal>
    fn UploadTotal(&self) -> u64 {
        self.upload_total
    }

    /// <https://wicg.github.io/background-fetch/#dom-backgroundfetchregistration-uploaded>
    fn Uploaded(&self) -> u64 {
        self.uploaded.get()
    }

    /// <https://wicg.github.io/background-fetch/#dom-backgroundfetchregistration-downloadtotal>
    fn DownloadTotal(&self) -> u64 {
        self.download_total
    }

    /// <https://wicg.github.io/background-fetch/#dom-backgroundfetchregistration-downloaded>
    fn Downloaded(&self) -> u64 {
        self.downloaded.get()
    }

    /// <https://wicg.github.io/background-fetch/#dom-backgroundfetchregistration-result>
    fn Result(&self) -> BackgroundFetchResult {
        match self.result.get() {
            FetchResult::Active => BackgroundFetchResult::Empty,
            FetchResult::Success => BackgroundFetchResult::Success,
            FetchResult::Failure(_) => BackgroundFetchResult::Failure,
        }
    }

    /// <https://wicg.github.io/background-fetch/#dom-backgroundfetchregistration-failurereason>
    fn FailureReason(&self) -> BackgroundFetchFailureReason {
        match self.result.get().failure_reason() {
            None => BackgroundFetchFailureReason::Empty,
            Some(FailureReason::Aborted) => BackgroundFetchFailureReason::Aborted,
            Some(FailureReason::BadStatus) => BackgroundFetchFailureReason::BadStatus,
            Some(FailureReason::FetchError) => BackgroundFetchFailureReason::FetchError,
            Some(FailureReason::QuotaExceeded) => BackgroundFetchFailureReason::QuotaExceeded,
            Some(FailureReason::DownloadTotalExceeded) => BackgroundFetchFailureReason::DownloadTotalExceeded,
        }
    }

    /// <https://wicg.github.io/background-fetch/#dom-backgroundfetchregistration-recordsavailable>
    fn RecordsAvailable(&self) -> bool {
        self.records_available.get()
    }

    /// <https://wicg.github.io/background-fetch/#background-fetch-registration-abort>
    fn Abort(&self, cx: &mut JSContext) -> Fallible<Promise> {
        let global = self.global();
        let service = service(&global)?;
        let promise = Promise::new(cx, &global);
        // 3.3, 3.5. Whether there was something to abort.
        let reply =
            reply(&global, &promise, |cx, _global, promise, aborted: bool| promise.resolve(cx, &aborted));
        // 1–3. The component's.
        service.abort(self.background_fetch, reply);
        Ok(promise)
    }

    /// <https://wicg.github.io/background-fetch/#background-fetch-registration-match>
    fn Match(
        &self,
        cx: &mut JSContext,
        request: RequestOrUSVString,
        options: &CacheQueryOptions,
    ) -> Fallible<Promise> {
        // 1. As matchAll() does, but for the first alone.
        self.check_records_available()?;
        let global = self.global();
        let service = service(&global)?;
        let query = query(cx, &global, request, options)?;
        let promise = Promise::new(cx, &global);
        let reply =
            reply(&global, &promise, |cx, global, promise, matched: Option<MatchedRecord>| match matched {
                Some(record) => {
                    let record = BackgroundFetchRecord::new(cx, global, record);
                    promise.resolve(cx, &record);
                }
                // NB: SD-42.
                None => promise.resolve_value(cx, HandleValue::undefined()),
            });
        service.match_first(self.background_fetch, query, reply);
        // 2. Return it.
        Ok(promise)
    }

    /// <https://wicg.github.io/background-fetch/#background-fetch-registration-match-all>
    fn MatchAll(
        &self,
        cx: &mut JSContext,
        request: Option<RequestOrUSVString>,
        options: &CacheQueryOptions,
    ) -> Fallible<Promise> {
        // 1. The records are gone.
        self.check_records_available()?;
        let global = self.global();
        let service = service(&global)?;
        // NB: SD-39: no request, all records.
        let query = request.map(|request| query(cx, &global, request, options)).transpose()?;
        // 2. A promise.
        let promise = Promise::new(cx, &global);
        // 3.3. Record objects for what matched.
        let reply = reply(&global, &promise, |cx, global, promise, matched: Vec<MatchedRecord>| {
            let records = matched
                .into_iter()
                .map(|record| BackgroundFetchRecord::new(cx, global, record))
                .collect::<Vec<_>>();
            promise.resolve(cx, &records);
        });
        // 3.1–3.2. The component's.
        service.match_all(self.background_fetch, query, reply);
        // 4. Return it.
        Ok(promise)
    }
}
