//! What SpiderMonkey's compilers call directly gives what it gives without them. Loops are long enough for the last
//! compiler, and what they count is known.

use super::check;
use super::harness::TestAgent;

const SET_UP: (&str, &str) = (
    "globalThis.b = new TestBinding(); globalThis.caught = [];
     globalThis.attempt = steps => { try { return steps() } catch (e) {
         const text = `${e.name}: ${e.message}`; if (!caught.includes(text)) caught.push(text); return text } }; ''",
    "",
);

#[test]
fn getters_of_all_kinds_are_called() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            (
                "function sum(b) { let n = 0; for (let i = 0; i < 50000; i++) { b.flag = i % 2; if (b.flag) n++; } return n }; sum(b)",
                "25000",
            ),
            (
                "function any(b) { let n = 0; for (let i = 0; i < 50000; i++) { b.anything = i % 2 ? i : 'x' + i; if (b.anything === (i % 2 ? i : 'x' + i)) n++ } return n }; any(b)",
                "50000",
            ),
            (
                "function extra(o) { let n = 0; for (let i = 0; i < 50000; i++) if (o.extra === null) n++; return n }; extra(new TestPicture())",
                "50000",
            ),
            (
                "function count(o) { let n = 0; for (let i = 0; i < 50000; i++) n += o.number + o.kind.length; return n }; count(new TestDerived('d', 2))",
                "450000",
            ),
            (
                "function same(b) { let n = 0; for (let i = 0; i < 50000; i++) if (b.same.name === 'same') n++; return n }; same(b)",
                "50000",
            ),
            (
                "function wrong(o) { let n = 0; for (let i = 0; i < 5000; i++) { try { n += o[i % 2].number } catch (e) { n++ } } return n }; wrong([new TestDerived('d', 3), Object.create(TestDerived.prototype)])",
                "10000",
            ),
            (
                "function changes(l) { let n = 0; for (let i = 0; i < 20000; i++) { l.push('x'); n += l.length } return n }; changes(new TestIndexed())",
                "200010000",
            ),
            (
                "function names() { let n = 0; for (let i = 0; i < 50000; i++) n += globalName.length; return n }; names()",
                "200000",
            ),
        ],
    );
}

#[test]
fn a_same_object_is_asked_for_again_on_another_object() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            (
                "function all(list) { const seen = new Set(); for (let i = 0; i < 100000; i++) seen.add(list[i % list.length].same);
                     return seen.size }
                 all(Array.from({ length: 10 }, () => new TestBinding()))",
                "10",
            ),
            (
                "function names(b) { let n = 0; for (let i = 0; i < 100000; i++) { b.forwards = i; if (b.same.name == i) n++ }
                     return n }
                 names(b)",
                "100000",
            ),
            (
                "function wrong(list) { let n = 0; for (let i = 0; i < 100000; i++) attempt(() => { list[i % 3].same; n++ }); return n }
                 [wrong([b, Object.create(b), b]), caught].join()",
                "66667,TypeError: TestBinding.same: called on an object that does not implement interface TestBinding",
            ),
        ],
    );
}

#[test]
fn operations_get_this_and_arguments() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            (
                "function sum(b) { let n = 0; for (let i = 0; i < 100000; i++) n += b.passOctet(i) + b.passDOMString('four').length; return n }
                 sum(b)",
                &(100000 * 4 + (0..100000).map(|i| i % 256).sum::<i32>()).to_string(),
            ),
            (
                "function lengths(b) { let n = 0; for (let i = 0; i < 100000; i++)
                     n += b.optionals(1).length + b.optionals(1, 2, 3, 'x', i).length + b.variadic('a', i % 2, 1).length; return n }
                 lengths(b)",
                "4200000",
            ),
            (
                "function pass(b, values) { let n = 0; for (let i = 0; i < 100000; i++) if (b.passAny(values[i % 5]) === values[i % 5]) n++; return n }
                 pass(b, [undefined, null, {}, 'x', 1.5])",
                "100000",
            ),
            (
                "function nothing(base) { for (let i = 0; i < 100000; i++) if (base.setOther(i % 2 ? base : null) !== undefined || (base.other === base) != i % 2) return i; return 'none' }
                 nothing(new TestBase())",
                "none",
            ),
            // Inherited ones, on objects of several classes.
            (
                "function several(list) { let n = 0; for (let i = 0; i < 100000; i++) { list[i & 1].setOther(list[0]); if (list[i & 1].other === list[0]) n++ } return n }
                 several([new TestBase(), new TestDerived('d', 1)])",
                "100000",
            ),
        ],
    );
}

#[test]
fn operations_that_throw_say_why() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            (
                "function few(b) { for (let i = 0; i < 100000; i++) attempt(() => i % 7 ? b.optionals(1) : b.optionals()); return caught.splice(0).join() }
                 few(b)",
                "TypeError: TestBinding.optionals: At least 1 argument required, but only 0 passed",
            ),
            (
                "function wrong(list) { let n = 0; for (let i = 0; i < 100000; i++) attempt(() => { TestBinding.prototype.passOctet.call(list[i % 3], 1); n++ }); return [n, caught.splice(0)].join() }
                 wrong([b, {}, new TestBase()])",
                "33334,TypeError: TestBinding.passOctet: called on an object that does not implement interface TestBinding",
            ),
            (
                "function argument(b) { let n = 0; for (let i = 0; i < 100000; i++) attempt(() => { b.passEnforcedOctet(i % 5 ? 7 : 256); n++ }); return [n, caught.splice(0)].join() }
                 argument(b)",
                "80000,TypeError: TestBinding.passEnforcedOctet: Argument 1 is 256, out of the range of u8",
            ),
            (
                "function own(b) { for (let i = 0; i < 100000; i++) attempt(() => i % 3 ? b.passOctet(1) : b.throwInvalidState()); return caught.splice(0).map(text => text.split(':')[0]).join() }
                 own(b)",
                "InvalidStateError",
            ),
            (
                "function conversion(b) { const o = { toString() { throw new RangeError('mine') } }; for (let i = 0; i < 100000; i++) attempt(() => b.passDOMString(i % 3 ? 'x' : o)); return caught.splice(0).join() }
                 conversion(b)",
                "RangeError: mine",
            ),
            // A changed prototype is seen.
            (
                "function changed(b) { let n = 0; for (let i = 0; i < 100000; i++) { if (i == 90000) TestBinding.prototype.passOctet = () => 0; n += b.passOctet(1) } return n }
                 changed(b)",
                "90000",
            ),
        ],
    );
}

#[test]
fn promises_are_rejected_and_not_thrown() {
    let agent = TestAgent::start();
    let log = agent.log(
        "globalThis.b = new TestBinding(); globalThis.log = 'nothing';
         function many(list) { let promises = []; for (let i = 0; i < 20000; i++) promises.push(b.promise.call(list[i % 2], i)); return promises }
         Promise.allSettled(many([b, {}])).then(all => {
             const reasons = new Set(all.filter(it => it.reason).map(it => it.reason.message));
             globalThis.log = [all.filter(it => it.value !== undefined).length, ...reasons].join() }); ''",
    );
    assert_eq!(
        log,
        "10000,TestBinding.promise: called on an object that does not implement interface TestBinding"
    );
}

#[test]
fn operations_of_legacy_platform_objects_are_called_on_proxies() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            (
                "function fill(l) { for (let i = 0; i < 50000; i++) l.push(i); return l.length }
                 globalThis.l = new TestIndexed(); fill(l)",
                "50000",
            ),
            (
                "function items(l) { let n = 0; for (let i = 0; i < 100000; i++) if (l.item(i) === (i < 50000 ? String(i) : null)) n++; return n }
                 items(l)",
                "100000",
            ),
            // With properties of its own, that are collected with it alone.
            (
                "function extra(l) { l.extra = {}; let n = 0; for (let i = 0; i < 100000; i++) { l.extra.n = i; n += l.item(0).length + (l.extra.n === i) } return n }
                 extra(l)",
                "200000",
            ),
            ("l.extra = { kept: 'kept' }; collectGarbage(); l.extra.kept + l.item(1) + Object.keys(l).at(-1)", "kept1extra"),
            (
                "function named(o) { let n = 0; for (let i = 0; i < 100000; i++) if (o.namedItem(i % 2 ? 'no such' : 'x') === null) n++; return n > 0 }
                 named(new TestNamed())",
                "true",
            ),
        ],
    );
}

#[test]
fn collections_between_calls_lose_nothing() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            (
                "function collect(b) { let n = 0; for (let i = 0; i < 60000; i++) {
                     if (i % 20000 == 19999) collectGarbage();
                     const o = new TestDerived('name' + i % 3, i); b.same.setOther(o);
                     n += b.same.other.number - i + o.name.length } return n }
                 collect(b)",
                "300000",
            ),
        ],
    );
}

#[test]
fn values_that_objects_keep_are_made_anew_when_they_change() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            (
                "function types(o) { let n = 0; for (let i = 0; i < 100000; i++) { o.setText('a' + i % 10); if (o.text === 'a' + i % 10 && o.number === i % 10) n++ } return n }
                 globalThis.k = new TestKeepsMore(); types(k)",
                "100000",
            ),
            (
                "function derived(list) { let n = 0; for (let i = 0; i < 100000; i++) { const o = list[i % 2]; if (i % 50000 < 2) o.setText('' + i); n += o.text.length } return n }
                 derived([new TestKeeps(), new TestKeepsMore()])",
                "300000",
            ),
            ("k.setText('\u{e9}\u{20ac}'); k.text + k.text.length", "\u{e9}\u{20ac}2"),
            ("k.setText('x'.repeat(1000)); collectGarbage(); k.text.length", "1000"),
            ("k.setText(''); k.text === '' && k.text === ''", "true"),
            ("k.more + k.more + (k.setText('again'), k.more) + k.text", "more 1more 1more 2again"),
            ("k.own = 5; k.other = 6; collectGarbage(); [k.own, k.other, k.text, Object.keys(k)].join()", "5,6,again,fixed,own,other"),
            ("JSON.stringify(k)", r#"{"text":"again","number":62,"fixed":7}"#),
            (
                "try { Object.getOwnPropertyDescriptor(TestKeeps.prototype, 'text').get.call({}) } catch (e) { e.message }",
                "TestKeeps.text: called on an object that does not implement interface TestKeeps",
            ),
        ],
    );
}

#[test]
fn own_properties_are_the_same_on_all_objects_of_an_interface() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            (
                "globalThis.own = o => { const d = Object.getOwnPropertyDescriptor(o, 'fixed'); return d && [d.enumerable, d.configurable, d.set, d.get.name, d.get.call(o)].join() }
                 globalThis.getter = o => Object.getOwnPropertyDescriptor(o, 'fixed').get; own(new TestKeeps())",
                "true,false,,get fixed,7",
            ),
            ("getter(new TestKeeps()) === getter(new TestKeeps()) && own(new TestKeepsMore())", "true,false,,get fixed,7"),
            (
                "globalThis.Mine = class extends TestKeeps { constructor() { super(); this.mine = this.fixed } }
                 const m = new Mine(); [own(m), Object.keys(m), m.mine, Object.getPrototypeOf(m) === Mine.prototype, getter(m) === getter(new TestKeeps())].join()",
                "true,false,,get fixed,7,fixed,mine,7,true,true",
            ),
            (
                "globalThis.odd = Reflect.construct(TestKeeps, [], Array); [own(odd), Object.getPrototypeOf(odd) === Array.prototype, odd.text].join()",
                "true,false,,get fixed,7,true,",
            ),
            (
                "function make() { let n = 0; for (let i = 0; i < 60000; i++) { const o = i % 3 ? new TestKeeps() : new Mine(); o.i = i; if (i == 50000) collectGarbage(); n += o.fixed === 7 && o.i === i } return n }
                 make()",
                "60000",
            ),
            ("try { 'use strict'; delete odd.fixed } catch (e) { e.name }", "false"),
            ("try { getter(new TestKeeps()).call({}) } catch (e) { e.message }", "TestKeeps.fixed: called on an object that does not implement interface TestKeeps"),
        ],
    );
}
