//! The console.

use crate::support::Page;

fn lines(script: &str) -> Vec<String> {
    let page = Page::open();
    page.run(script);
    page.console()
}

#[test]
fn values_are_shown_so_that_one_sees_what_they_are() {
    let shown = lines(
        r#"console.log('text', 1, -0, true, null, undefined, 10n, Symbol('s'));
           console.log({a: 1, 'b c': 'x"y', d: [1, 'two', {e: 3}]});
           console.log([1, [2, [3, [4]]]], {a: {b: {c: {d: 1}}}});
           console.log(new Map([['k', 1]]), new Set([1, 'x']), new Uint8Array([1, 2]));
           console.log(function named() {}, () => {}, class C {}, Promise.resolve(1));
           console.log(new (class Point { x = 1 }), Object.create(null), /r+/g);"#,
    );
    assert_eq!(
        shown,
        [
            "text 1 -0 true null undefined 10n Symbol(\"s\")",
            r#"{a: 1, "b c": "x\"y", d: [1, "two", {e: 3}]}"#,
            "[1, [2, [3, […]]]] {a: {b: {c: Object {…}}}}",
            r#"Map(1) {"k" → 1} Set(2) {1, "x"} Uint8Array(2) [1, 2]"#,
            "function named() function () function C() Promise {fulfilled}",
            "Point {x: 1} {} /r+/g",
        ]
    );
}

#[test]
fn cycles_and_long_lists_end() {
    let shown = lines(
        "const o = {}; o.self = o; console.log(o);
         console.log(Array.from({length: 102}, (_, i) => i).length, new Array(103).fill(0));",
    );
    assert_eq!(shown[0], "{self: [circular]}");
    assert!(shown[1].ends_with("0, … 3 more]"), "{}", shown[1]);
}

#[test]
fn getters_are_not_run() {
    assert_eq!(lines("console.log({get x() { throw 1 }})"), ["{x: [accessor]}"]);
}

#[test]
fn errors_are_shown_with_their_stack() {
    let shown = lines("function f() { return new RangeError('too far') }\nconsole.log(f(), {e: f()});");
    let mut shown = shown[0].lines();
    assert_eq!(shown.next(), Some("RangeError: too far"));
    assert_eq!(shown.next(), Some("    f@evaluate:1:23"));
    assert!(shown.last().is_some_and(|last| last.ends_with("{e: RangeError: too far}")));
}

#[test]
fn format_specifiers_take_the_next_argument() {
    let shown = lines(
        "console.log('%s is %d of %i, %f; %o %% %c%s', 'x', 1.9, '2', '2.5', {a: 1}, 'color: red', 'end', 'more');
         console.log('%s %s', 'only one');
         console.log('%x 100%', 1);",
    );
    assert_eq!(shown, ["x is 1 of 2, 2.5; {a: 1} % end more", "only one %s", "%x 100% 1"]);
}

#[test]
fn counting_timing_grouping_and_asserting() {
    let page = Page::open();
    page.run(
        "console.count(); console.count('x'); console.count(); console.countReset(); console.count();
         console.group('outer'); console.log('in\\nside'); console.groupEnd(); console.log('out');
         console.assert(true, 'no'); console.assert(false, 'because %s', 'x'); console.assert(false);
         console.time('t'); console.timeLog('t', {a: 1}); console.timeEnd('t'); console.timeEnd('t');
         console.countReset('never'); console.log();",
    );
    let shown = page.console();
    assert_eq!(shown[..4], ["default: 1", "x: 1", "default: 2", "default: 1"]);
    assert_eq!(shown[4..7], ["outer", "  in\n  side", "out"]);
    assert_eq!(shown[7..9], ["Assertion failed: because x", "Assertion failed"]);
    assert!(shown[9].starts_with("t: ") && shown[9].ends_with(" ms {a: 1}"), "{}", shown[9]);
    assert!(shown[10].starts_with("t: ") && shown[10].ends_with(" ms"), "{}", shown[10]);
    assert_eq!(shown[11..], ["the timer `t` does not exist", "the counter `never` does not exist"]);
}

#[test]
fn trace_shows_where_it_is_called() {
    let shown = lines("function f() { console.trace('here') }\nf()");
    assert_eq!(shown, ["here\nf@evaluate:1:24\n@evaluate:2:1"]);
}
