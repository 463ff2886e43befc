//! Promises of operations, attributes and arguments.

use super::harness::TestAgent;

#[test]
fn operations_that_return_promises_never_throw() {
    let agent = TestAgent::start();
    let log = agent.log(
        "globalThis.log = [];
         const note = name => [v => log.push(`${name} ${v}`), e => log.push(`${name} !${e}`)];
         const b = new TestBinding();
         b.promise(3).then(...note('value'));
         b.promise().then(...note('too few'));
         b.promise(Symbol()).then(...note('conversion'));
         b.failing().then(...note('error'));
         TestBinding.prototype.promise.call({}, 1).then(...note('brand'));
         b.callPromiseFunction(() => { throw 'x' }).then(...note('callback'));
         b.callPromiseFunction(() => 8).then(...note('plain'));
         ''",
    );
    let mut lines: Vec<_> = log.split(',').collect();
    lines.sort_unstable();
    assert_eq!(lines, [
        "brand !TypeError: TestBinding.promise: called on an object that does not implement interface TestBinding",
        "callback !x",
        "conversion !TypeError: can't convert symbol to number",
        "error !NotAllowedError: it fails",
        "plain 8",
        "too few !TypeError: TestBinding.promise: At least 1 argument required",
        " but only 0 passed",
        "value 3",
    ].iter().copied().collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>());
}

#[test]
fn promises_are_waited_for_and_settled() {
    let agent = TestAgent::start();
    let log = agent.log(
        "globalThis.log = [];
         const b = new TestBinding();
         b.wait(Promise.resolve(21)).then(v => log.push(v));
         b.wait(5).then(v => log.push(v));
         b.wait(Promise.reject('no')).catch(v => log.push(v));
         b.ready.then(v => log.push('ready ' + v));
         log.push(b.ready === b.ready);
         collectGarbage();
         b.settleReady(4);
         ''",
    );
    assert_eq!(log, "true,ready 4,42,10,no");
}
