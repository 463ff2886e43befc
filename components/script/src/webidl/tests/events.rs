//! Events, listeners and handlers.

use super::check;
use super::harness::TestAgent;

const SET_UP: (&str, &str) = ("globalThis.t = new EventTarget(); globalThis.seen = []; ''", "");

#[test]
fn listeners_are_called_in_order_and_once_each() {
    let agent = TestAgent::start();
    check(&agent, &[
        SET_UP,
        ("const f = e => seen.push('f' + e.type), g = { handleEvent(e) { seen.push('g', this === g) } };
          t.addEventListener('x', f); t.addEventListener('x', f); t.addEventListener('x', g); t.addEventListener('x', f, true);
          t.dispatchEvent(new Event('x')); seen.join()", "fx,fx,g,true"),
        ("seen = []; t.removeEventListener('x', f); t.dispatchEvent(new Event('x')); seen.join()", "fx,g,true"),
        ("seen = []; t = new EventTarget(); t.addEventListener('y', () => seen.push(1), { once: true });
          t.dispatchEvent(new Event('y')); t.dispatchEvent(new Event('y')); seen.join()", "1"),
        ("seen = []; t = new EventTarget(); t.addEventListener('z', e => { seen.push(1); e.stopImmediatePropagation() });
          t.addEventListener('z', () => seen.push(2)); t.dispatchEvent(new Event('z')); seen.join()", "1"),
        ("seen = []; t = new EventTarget(); const later = () => seen.push('later');
          t.addEventListener('w', () => { t.removeEventListener('w', later); t.addEventListener('w', () => seen.push('added')) });
          t.addEventListener('w', later); t.dispatchEvent(new Event('w')); seen.join()", ""),
        ("seen = []; t = new EventTarget(); const controller = new AbortController();
          t.addEventListener('s', () => seen.push('heard'), { signal: controller.signal }); t.dispatchEvent(new Event('s'));
          controller.abort(); t.dispatchEvent(new Event('s'));
          t.addEventListener('s', () => seen.push('never'), { signal: controller.signal }); t.dispatchEvent(new Event('s')); seen.join()", "heard"),
        ("t.addEventListener('n', null); t.dispatchEvent(new Event('n'))", "true"),
        ("t.addEventListener('n', 5)", "!TypeError: EventTarget.addEventListener: Argument 2 is not an object"),
    ]);
}

#[test]
fn events_say_where_they_are_and_whether_they_were_canceled() {
    let agent = TestAgent::start();
    check(&agent, &[
        SET_UP,
        ("let e = new Event('x', { cancelable: true, bubbles: true });
          [e.type, e.bubbles, e.cancelable, e.composed, e.isTrusted, e.eventPhase, e.target, e.currentTarget].join()",
            "x,true,true,false,false,0,,"),
        ("t.addEventListener('x', e => { seen.push(e.target === t, e.currentTarget === t, e.eventPhase, e.composedPath()[0] === t); e.preventDefault() });
          [t.dispatchEvent(e), e.defaultPrevented, e.returnValue, e.target === t, e.currentTarget, e.eventPhase, seen].join()",
            "false,true,false,true,,0,true,true,2,true"),
        ("e = new Event('p', { cancelable: true }); t.addEventListener('p', e => e.preventDefault(), { passive: true }); t.dispatchEvent(e)", "true"),
        ("e = new Event('x'); t.addEventListener('again', () => t.dispatchEvent(e)); t.dispatchEvent(e)", "true"),
        ("let inner; const r = new Event('r'); t.addEventListener('r', () => { try { t.dispatchEvent(r) } catch (x) { inner = x.name } }); t.dispatchEvent(r); inner",
            "InvalidStateError"),
        ("e.initEvent('renamed', true, true); e.type + e.bubbles", "renamedtrue"),
        ("Object.getOwnPropertyDescriptor(new Event('x'), 'isTrusted').configurable", "false"),
        ("const now = performance => new Event('x').timeStamp; now() >= 0", "true"),
        ("new Event()", "!TypeError: Event constructor: At least 1 argument required, but only 0 passed"),
        ("const c = new CustomEvent('c', { detail: t }); c.detail === t && c instanceof Event", "true"),
        ("new CustomEvent('c').detail", "null"),
        ("c.initCustomEvent('d', false, false, 5); c.detail", "5"),
    ]);
}

#[test]
fn event_handlers_keep_their_place_among_the_listeners() {
    let agent = TestAgent::start();
    check(&agent, &[
        ("globalThis.b = new TestBinding(); globalThis.seen = []; b.onping", "null"),
        ("b.onping = () => seen.push('first'); b.addEventListener('ping', () => seen.push('listener'));
          b.onping = function (e) { seen.push('second', this === b, e.type) }; b.dispatchEvent(new Event('ping')); seen.join()",
            "second,true,ping,listener"),
        ("seen = []; b.onping = null; b.onping = () => seen.push('last'); b.dispatchEvent(new Event('ping')); seen.join()",
            "listener,last"),
        ("b.onping = 5; b.onping", "null"),
        ("const o = {}; b.onping = o; b.onping === o && b.dispatchEvent(new Event('ping'))", "true"),
        ("b.onping = () => false; b.dispatchEvent(new Event('ping', { cancelable: true }))", "false"),
        ("onping = () => seen.push('global'); dispatchEvent(new Event('ping')); seen.at(-1)", "global"),
    ]);
}

#[test]
fn exceptions_of_listeners_are_reported_and_do_not_stop_the_others() {
    let agent = TestAgent::start();
    assert_eq!(
        agent.eval(
            "const t = new EventTarget(), seen = [];
             t.addEventListener('x', () => { throw new Error('in a listener') });
             t.addEventListener('x', {});
             t.addEventListener('x', () => seen.push('next'));
             t.dispatchEvent(new Event('x')); seen.join()"
        ),
        "next"
    );
    assert_eq!(agent.until_idle(), ["Error: in a listener", "TypeError: handleEvent is not a function"]);
}
