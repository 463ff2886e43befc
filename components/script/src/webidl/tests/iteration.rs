//! Iterables, indexed and named properties.

use super::check;
use super::harness::TestAgent;

#[test]
fn pairs_are_iterated_over_as_they_are_at_each_step() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            (
                "globalThis.p = new TestPairs(); p.append('a', 1); p.append('b', 2); [...p].join(';')",
                "a,1;b,2",
            ),
            ("[...p.keys()].join()", "a,b"),
            ("[...p.values()].join()", "1,2"),
            ("p[Symbol.iterator] === p.entries", "true"),
            (
                "const seen = []; p.forEach(function (value, key, object) { seen.push(value, key, object === p, this.x) }, { x: 5 }); seen.join()",
                "1,a,true,5,2,b,true,5",
            ),
            ("p.forEach(5)", "!TypeError: TestPairs.forEach: Argument 1 is not callable"),
            ("p.forEach()", "!TypeError: TestPairs.forEach: At least 1 argument required, but only 0 passed"),
            ("const it = p.entries(); it.next(); p.append('c', 3); [...it].join(';')", "b,2;c,3"),
            ("String(p.entries())", "[object TestPairs Iterator]"),
            (
                "Object.getPrototypeOf(Object.getPrototypeOf(p.entries())) === Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()))",
                "true",
            ),
            (
                "const proto = Object.getPrototypeOf(p.keys()); proto === Object.getPrototypeOf(p.values()) && Object.keys(proto).join()",
                "next",
            ),
            (
                "Object.getPrototypeOf(p.entries()).next.call({})",
                "!TypeError: next called on an object that is not a TestPairs Iterator",
            ),
            ("JSON.stringify(p.keys().next())", r#"{"value":"a","done":false}"#),
            ("JSON.stringify(new TestPairs().keys().next())", r#"{"done":true}"#),
        ],
    );
}

#[test]
fn indexed_properties_are_live_and_read_only() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            (
                "globalThis.list = new TestIndexed(); list.push('a'); list.push('b'); list[0] + list[1] + list[2]",
                "abundefined",
            ),
            ("list.push('c'); [...list].join()", "a,b,c"),
            ("Object.keys(list).join()", "0,1,2"),
            ("1 in list && !(3 in list)", "true"),
            ("list[0] = 'x'; list[0]", "a"),
            ("'use strict'; try { list[0] = 'x' } catch (e) { e.name }", "TypeError"),
            ("'use strict'; try { list[9] = 'x' } catch (e) { e.name }", "TypeError"),
            ("delete list[0]; list[0]", "a"),
            ("delete list[7]", "true"),
            ("list.expando = 5; collectGarbage(); list.expando", "5"),
            ("Object.keys(list).join()", "0,1,2,expando"),
            ("delete list.expando; 'expando' in list", "false"),
            (
                "JSON.stringify(Object.getOwnPropertyDescriptor(list, '1'))",
                r#"{"value":"b","writable":false,"enumerable":true,"configurable":true}"#,
            ),
            (
                "list.forEach === Array.prototype.forEach && list[Symbol.iterator] === Array.prototype.values",
                "true",
            ),
            ("String(list) + list.length", "[object TestIndexed]3"),
            ("Reflect.preventExtensions(list)", "false"),
            ("Object.isExtensible(list)", "true"),
            ("Object.getPrototypeOf(list) === TestIndexed.prototype", "true"),
            ("list instanceof TestIndexed", "true"),
            (
                "new Proxy(list, {}).length",
                "!TypeError: TestIndexed.length: called on an object that does not implement interface TestIndexed",
            ),
        ],
    );
}

#[test]
fn named_properties_do_not_hide_what_is_built_in() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            ("globalThis.named = new TestNamed(); named.a", "item a"),
            ("named.builtIn", "built in"),
            ("named.c", "undefined"),
            ("named.namedItem('b')", "item b"),
            ("Object.getOwnPropertyNames(named).join()", "a,b"),
            ("Object.keys(named).join()", ""),
            ("delete named.a; named.a", "item a"),
            ("'a' in named", "true"),
        ],
    );
}
