//! Timers and microtasks.

use crate::support::Page;

#[test]
fn timers_run_in_the_order_of_their_times_and_of_their_calls() {
    let page = Page::open();
    page.run(
        "setTimeout(() => console.log('20'), 20);
         setTimeout(() => console.log('0'), 0);
         setTimeout(() => console.log('0 again'), -5);
         setTimeout(() => console.log('1'), 1);
         queueMicrotask(() => console.log('microtask'));
         console.log('script');",
    );
    assert_eq!(page.console(), ["script", "microtask", "0", "0 again", "1", "20"]);
}

#[test]
fn a_timer_gets_its_arguments_and_the_window_as_this() {
    let page = Page::open();
    page.run("setTimeout(function (a, b) { console.log(this === window, a, b) }, 0, 'x', 2)");
    assert_eq!(page.console(), ["true x 2"]);
}

#[test]
fn a_cleared_timer_does_not_run() {
    let page = Page::open();
    page.run(
        "const never = setTimeout(() => console.log('never'));
         setTimeout(() => clearTimeout(later));
         const later = setTimeout(() => console.log('never either'), 1);
         clearInterval(never); clearTimeout(); clearTimeout(12345);",
    );
    assert_eq!(page.console(), Vec::<String>::new());
}

#[test]
fn an_interval_repeats_until_it_is_cleared() {
    let page = Page::open();
    page.run(
        "let n = 0; const id = setInterval(() => { console.log(++n); if (n == 3) clearInterval(id) }, 1)",
    );
    assert_eq!(page.console(), ["1", "2", "3"]);
}

#[test]
fn a_string_is_run_as_a_script() {
    let page = Page::open();
    page.run("setTimeout(\"globalThis.x = 'run'; console.log(x)\")");
    assert_eq!(page.console(), ["run"]);
}

#[test]
fn deeply_nested_timers_are_slowed_down() {
    let page = Page::open();
    let script = "const times = [];
        await new Promise(done => {
            function next() {
                times.push(performance.now());
                if (times.length < 12) setTimeout(next, 0); else done();
            }
            next();
        });
        const gaps = times.slice(1).map((time, i) => time - times[i]);
        return gaps.slice(7).every(gap => gap >= 3.8);";
    assert_eq!(page.eval_async(script), "true");
}

#[test]
fn identifiers_are_positive_and_different() {
    let page = Page::open();
    let script = "const ids = [setTimeout(() => {}), setInterval(() => {}, 1), setTimeout(() => {})];
        clearInterval(ids[1]);
        return [new Set(ids).size, ids.every(id => id > 0)];";
    assert_eq!(page.eval_async(script), "[3,true]");
}

#[test]
fn an_exception_in_a_timer_is_reported_and_the_next_one_runs() {
    let page = Page::open();
    page.start("setTimeout(() => { throw new Error('first') }); setTimeout(() => console.log('second'))");
    let errors = page.errors();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].message, "Error: first");
    assert_eq!(page.console(), ["second"]);
}

#[test]
fn microtasks_run_after_each_callback() {
    let page = Page::open();
    page.run(
        "setTimeout(() => { queueMicrotask(() => console.log('a micro')); console.log('a') });
         setTimeout(() => console.log('b'));",
    );
    assert_eq!(page.console(), ["a", "a micro", "b"]);
}

#[test]
fn an_exception_in_a_microtask_is_reported_and_the_next_one_runs() {
    let page = Page::open();
    page.start(
        "queueMicrotask(() => { throw new TypeError('oh') }); queueMicrotask(() => console.log('next'))",
    );
    assert_eq!(page.errors()[0].message, "TypeError: oh");
    assert_eq!(page.console(), ["next"]);
}

#[test]
fn animation_frames_are_sixty_a_second() {
    let page = Page::open();
    let script = "const next = () => new Promise(requestAnimationFrame);
        const before = performance.now();
        const times = [];
        for (let i = 0; i < 4; i++) {
            // Two that are asked for together are one frame.
            const [time, same] = await Promise.all([next(), next()]);
            if (time !== same) return 'two frames';
            times.push(time);
        }
        const intervals = times.slice(1).map((time, i) => time - times[i]);
        // None comes early, and all are multiples of one interval, but for rounding.
        const off = interval => Math.abs(interval / (1000 / 60) - Math.round(interval / (1000 / 60)));
        return [times[0] >= before - 0.1, times[3] <= performance.now(), intervals.every(interval => interval > 16),
            intervals.every(interval => off(interval) < 0.02)]";
    assert_eq!(page.eval_async(script), "[true,true,true,true]");
}

#[test]
fn a_callback_can_cancel_another_one_of_the_same_frame_and_ask_for_the_next() {
    let page = Page::open();
    page.run(
        "requestAnimationFrame(function (time) {
            console.log('first', typeof time, arguments.length, this === window);
            cancelAnimationFrame(second);
            requestAnimationFrame(() => console.log('next'));
            queueMicrotask(() => console.log('microtask'));
         });
         const second = requestAnimationFrame(() => console.log('second'));
         requestAnimationFrame(() => { console.log('third'); throw new Error('thrown') });
         requestAnimationFrame(() => console.log('fourth'));
         cancelAnimationFrame(0);
         cancelAnimationFrame(requestAnimationFrame(() => console.log('never')));
         const removed = document.body.appendChild(document.createElement('iframe'));
         removed.contentWindow.requestAnimationFrame(() => console.log('gone'));
         removed.remove();
         onerror = () => true;",
    );
    assert_eq!(page.console(), ["first number 1 true", "microtask", "third", "fourth", "next"]);
}
