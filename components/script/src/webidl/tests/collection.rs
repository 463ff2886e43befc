//! What is kept alive, and what is not.

use super::harness::{TestAgent, drops};
use super::objects::TestBase;
use crate::webidl::*;

#[test]
fn objects_die_with_their_reflectors_and_cycles_are_collected() {
    let agent = TestAgent::start();
    agent.eval("new TestBase('garbage'); ''");
    // Each refers to the other, from Rust and from JavaScript.
    agent.eval(
        "(() => { const a = new TestBase('a'), b = new TestBase('b'); a.setOther(b); b.setOther(a); a.b = b; b.a = a; })(); ''",
    );
    agent.eval("globalThis.kept = new TestBase('kept'); ''");
    agent.collect();
    assert_eq!(drops(), 3);
    assert_eq!(agent.eval("kept.name"), "kept");
    agent.eval("kept = null; ''");
    agent.collect();
    assert_eq!(drops(), 4);
}

#[test]
fn fields_keep_objects_and_their_expandos_alive() {
    let agent = TestAgent::start();
    agent.eval("globalThis.a = new TestBase('a'); { const b = new TestBase('b'); b.note = 'here'; a.setOther(b) }; ''");
    agent.collect();
    assert_eq!(agent.eval("a.other.name + a.other.note"), "bhere");
    assert_eq!(drops(), 0);
}

#[test]
fn legacy_platform_objects_are_dropped_too() {
    let agent = TestAgent::start();
    agent.eval("new TestIndexed(); globalThis.kept = new TestIndexed(); kept.push('x'); ''");
    agent.collect();
    assert_eq!(drops(), 1);
    assert_eq!(agent.eval("kept[0]"), "x");
}

#[test]
fn roots_of_rust_code_keep_objects_alive() {
    let agent = TestAgent::start();
    let (first, second) = agent.task(|cx, global| {
        let root = TestBase::new(cx, global, "rooted");
        let weak = WeakDom::new(&*root);
        TestBase::new(cx, global, "garbage");
        collect(cx);
        let first = (drops(), weak.root().is_some());
        drop(root);
        collect(cx);
        (first, (drops(), weak.root().is_some()))
    });
    assert_eq!(first, (1, true));
    assert_eq!(second, (2, false));
}

#[test]
fn what_other_threads_hold_stays_alive_until_they_let_go() {
    let agent = TestAgent::start();
    let trusted = agent.task(|cx, global| Trusted::new(&*TestBase::new(cx, global, "trusted")));
    agent.collect();
    assert_eq!(drops(), 0);
    let again = trusted.clone();
    let name = agent.task(move |cx, _| {
        collect(cx);
        let object = again.root();
        String::from(super::generated::interfaces::TestBaseMethods::Name(&*object))
    });
    assert_eq!(name, "trusted");
    drop(trusted);
    agent.collect();
    assert_eq!(drops(), 1);
}

#[test]
fn values_and_promises_are_rooted_and_traced() {
    let agent = TestAgent::start();
    let outcome = agent.task(|cx, global| {
        let object = TestBase::new(cx, global, "value");
        rooted!(&in(cx) let mut value = mozjs::jsval::UndefinedValue());
        object.to_jsval(cx, value.handle_mut());
        let kept = RootedValue::from(value.handle());
        let heap = RootedBox::new(vec![HeapValue::new(value.handle())]);
        let promise = Promise::new(cx, global);
        let in_field = RootedBox::new(promise.to_heap());
        value.set(mozjs::jsval::UndefinedValue());
        drop((object, promise));
        collect(cx);
        let same = DomRoot::<TestBase>::from_js(cx, kept.handle()).ok()
            == DomRoot::<TestBase>::from_js(cx, heap[0].handle()).ok();
        let promise = in_field.root();
        promise.resolve(cx, &5);
        (drops(), same, promise.is_settled())
    });
    assert_eq!(outcome, (0, true, true));
}

#[test]
#[cfg(debug_assertions)]
fn a_reference_that_was_not_rooted_panics_instead_of_reading_freed_memory() {
    let agent = TestAgent::start();
    let message = agent.task(|cx, global| {
        let unrooted = Dom::from_ref(&*TestBase::new(cx, global, "gone"));
        collect(cx);
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| unrooted.is::<TestBase>()));
        panic.err().and_then(|message| message.downcast_ref::<&str>().map(|message| message.to_string()))
    });
    assert_eq!(
        message.as_deref(),
        Some("a DOM object was used after it had been collected: it was not rooted")
    );
}

#[allow(unsafe_code)]
fn collect(cx: &mut JSContext) {
    // SAFETY: nothing unrooted is in use.
    unsafe { mozjs::rust::wrappers2::JS_GC(cx, mozjs::jsapi::GCReason::API) };
}
