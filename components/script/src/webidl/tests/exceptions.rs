//! Errors of Rust code as exceptions.

use super::check;
use super::harness::TestAgent;

#[test]
fn errors_become_exceptions_of_their_kind() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            (
                "globalThis.b = new TestBinding(); globalThis.caught = f => { try { f() } catch (e) { return e } }; ''",
                "",
            ),
            ("b.throwTypeError()", "!TypeError: wrong"),
            ("b.throwInvalidState()", "!InvalidStateError: no state for that"),
            (
                "const e = caught(() => b.throwInvalidState()); [e instanceof DOMException, e.name, e.message, e.code].join()",
                "true,InvalidStateError,no state for that,11",
            ),
            (
                "const q = caught(() => b.throwQuota()); [q instanceof QuotaExceededError, q instanceof DOMException, q.name, q.code, q.quota, q.requested].join()",
                "true,true,QuotaExceededError,22,1,2",
            ),
        ],
    );
}

#[test]
fn dom_exceptions_are_like_errors() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            ("Object.getPrototypeOf(DOMException.prototype) === Error.prototype", "true"),
            ("new DOMException() instanceof Error", "true"),
            ("String(new DOMException('m', 'AbortError'))", "AbortError: m"),
            (
                "const d = new DOMException('m', 'AbortError'); [d.name, d.message, d.code].join()",
                "AbortError,m,20",
            ),
            ("new DOMException().name", "Error"),
            ("new DOMException('', 'Unheard').code", "0"),
            ("DOMException.DATA_CLONE_ERR", "25"),
            (
                "function thrower() { return new DOMException('x') }; thrower().stack.includes('thrower')",
                "true",
            ),
            ("new QuotaExceededError('m', { quota: 1, requested: 3 }).requested", "3"),
            ("new QuotaExceededError().quota", "null"),
            (
                "new QuotaExceededError('', { quota: -1 })",
                "!RangeError: neither quota nor requested can be negative",
            ),
            (
                "new QuotaExceededError('', { quota: 2, requested: 1 })",
                "!RangeError: requested can't be less than quota",
            ),
            ("Object.getPrototypeOf(QuotaExceededError) === DOMException", "true"),
        ],
    );
}

#[test]
fn the_engine_knows_which_objects_are_errors() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            ("Error.isError(new DOMException())", "true"),
            ("Error.isError(new TestBase())", "false"),
            ("Error.isError(globalThis)", "false"),
            ("Error.isError(new TestIndexed())", "false"),
        ],
    );
}
