//! Arguments, overloads, attributes and callbacks.

use super::check;
use super::harness::TestAgent;

const SET_UP: (&str, &str) = ("globalThis.b = new TestBinding(); ''", "");

#[test]
fn arguments_can_be_left_out_or_be_many() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            (
                "b.optionals()",
                "!TypeError: TestBinding.optionals: At least 1 argument required, but only 0 passed",
            ),
            ("b.optionals(1)", "1 None 3 None"),
            ("b.optionals(1, undefined, 5, 'x', 'ignored')", r#"1 None 5 Some("x")"#),
            ("b.optionals(1, 2, undefined, null)", "1 Some(2) 3 None"),
            ("b.variadic('a')", "a []"),
            ("b.variadic('a', 1, '2', 3.5)", "a [1, 2, 3]"),
            ("TestBinding.staticOperation(4)", "static 4"),
            ("(0, TestBinding.staticOperation)(4)", "static 4"),
            ("TestBinding.staticText", "static"),
        ],
    );
}

#[test]
fn overloads_are_chosen_by_number_and_type() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            ("b.overloaded()", "none"),
            ("b.overloaded(1)", "long 1"),
            ("b.overloaded('x')", "string x"),
            ("b.overloaded({})", "string [object Object]"),
            ("b.overloaded(new TestBase())", "interface None"),
            ("b.overloaded(new TestBase(), 2)", "interface Some(2)"),
            ("b.overloaded('x', 'y')", "two strings x y"),
            ("b.overloaded('x', 'y', 'z')", "two strings x y"),
        ],
    );
}

#[test]
fn attributes_are_got_and_set() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            ("b.flag = 'yes'; b.flag", "true"),
            ("const o = {}; b.anything = o; b.anything === o", "true"),
            ("b.nullableText", "null"),
            ("b.nullableText = 5; b.nullableText", "5"),
            ("b.nullableText = undefined; b.nullableText", "null"),
            ("b.same === b.same && b.same.name", "same"),
            ("b.forwards = 'forwarded'; b.same.name", "forwarded"),
            ("Object.isFrozen(b.frozen) && b.frozen === b.frozen && b.frozen.join()", "a,b"),
            ("'use strict'; try { b.same = 1; 'set' } catch (e) { e.name }", "TypeError"),
            ("String(b)", "stringified"),
            ("Object.getOwnPropertyDescriptor(TestBinding.prototype, 'flag').set.call(b); b.flag", "false"),
        ],
    );
}

#[test]
fn callbacks_are_called_with_this_and_arguments() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            (
                "b.callFunction(function (n, v) { return `${this === b} ${n} ${v} ${arguments.length}` }, 'v')",
                "true 21 v 2",
            ),
            ("b.callFunction(() => { throw new RangeError('mine') }, 1)", "!RangeError: mine"),
            ("b.callFunction({}, 1)", "!TypeError: TestBinding.callFunction: Argument 1 is not callable"),
            ("b.callFunction(() => Symbol(), 1)", "!TypeError: can't convert symbol to string"),
            ("b.callInterface(n => n + 1)", "21"),
            ("b.callInterface({ compute(n) { return this.base + n }, base: 100 })", "120"),
            ("b.callInterface({})", "!TypeError: compute is not a function"),
            ("b.callInterface(5)", "!TypeError: TestBinding.callInterface: Argument 1 is not an object"),
            ("b.keepFunction(n => 'kept ' + n); collectGarbage(); b.callKept()", "kept 1"),
            ("b.keepFunction(null); b.callKept()", "!NotFoundError: nothing is kept"),
        ],
    );
}

#[test]
fn a_panic_ends_the_agent_and_not_the_process() {
    let agent = TestAgent::start();
    let result =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| agent.eval("new TestBinding().doPanic()")));
    assert!(result.is_err(), "the task does not come to its end");
}
