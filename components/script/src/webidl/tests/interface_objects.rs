//! What idlharness looks at: objects, prototype chains, property attributes, lengths, names.

use super::check;
use super::harness::TestAgent;

const DESCRIBE: &str = "globalThis.describe = (object, name) => {
    const d = Object.getOwnPropertyDescriptor(object, name);
    if (!d) return 'none';
    const flags = (d.writable ? 'w' : '') + (d.enumerable ? 'e' : '') + (d.configurable ? 'c' : '');
    const kinds = [['value', d.value], ['get', d.get], ['set', d.set]]
        .filter(([, f]) => f !== undefined)
        .map(([kind, f]) => typeof f === 'function' ? `${kind}:${f.name}/${f.length}` : `${kind}:${String(f)}`);
    return `${flags} ${kinds.join(' ')}`;
}; ''";

#[test]
fn properties_have_the_attributes_that_the_standard_gives_them() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            (DESCRIBE, ""),
            ("describe(globalThis, 'TestBase')", "wc value:TestBase/0"),
            ("describe(globalThis, 'TestDerived')", "wc value:TestDerived/2"),
            ("describe(TestBase, 'prototype')", " value:[object TestBase]"),
            ("describe(TestBase.prototype, 'constructor')", "wc value:TestBase/0"),
            ("describe(TestBase.prototype, 'name')", "ec get:get name/0 set:set name/1"),
            ("describe(TestBase.prototype, 'kind')", "ec get:get kind/0"),
            ("describe(TestBase.prototype, 'fromMixin')", "ec get:get fromMixin/0"),
            ("describe(TestBase.prototype, 'setOther')", "wec value:setOther/1"),
            ("describe(TestBase.prototype, Symbol.toStringTag)", "c value:TestBase"),
            ("describe(TestBinding, 'ANSWER')", "e value:42"),
            ("describe(TestBinding.prototype, 'ANSWER')", "e value:42"),
            ("describe(TestBinding.prototype, 'YES')", "e value:true"),
            ("describe(TestBinding.prototype, 'HALF')", "e value:0.5"),
            ("describe(TestBinding, 'staticOperation')", "wec value:staticOperation/1"),
            ("describe(TestBinding, 'staticText')", "ec get:get staticText/0"),
            ("describe(TestBinding.prototype, 'staticOperation')", "none"),
            ("describe(TestBinding.prototype, 'toString')", "wec value:toString/0"),
            ("describe(TestBinding.prototype, 'overloaded')", "wec value:overloaded/0"),
            ("describe(TestBinding.prototype, 'optionals')", "wec value:optionals/1"),
            ("describe(TestBinding.prototype, 'onping')", "ec get:get onping/0 set:set onping/1"),
            ("describe(TestBinding.prototype, 'forwards')", "ec get:get forwards/0 set:set forwards/1"),
        ],
    );
}

#[test]
fn functions_begin_with_length_and_name() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            ("Reflect.ownKeys(TestBase).join()", "length,name,prototype"),
            ("Reflect.ownKeys(TestBinding).slice(0, 3).join()", "length,name,prototype"),
            ("Reflect.ownKeys(TestPicture).join()", "length,name,prototype"),
        ],
    );
}

/// <https://webidl.spec.whatwg.org/#named-properties-object>
#[test]
fn a_global_can_have_named_properties() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            (DESCRIBE, ""),
            (
                "globalThis.names = Object.getPrototypeOf(TestGlobal.prototype); globalThis['named-x'].name",
                "x",
            ),
            ("'named-x' in globalThis && !('x' in globalThis)", "true"),
            ("describe(names, 'named-x')", "wec value:[object TestBase]"),
            ("describe(names, Symbol.toStringTag)", "c value:TestGlobalProperties"),
            ("Reflect.ownKeys(names).length", "1"),
            // What is further up goes first.
            ("Object.prototype['named-y'] = 'mine'; globalThis['named-y']", "mine"),
            // Its own properties can't be changed, but the global has others in front of it.
            ("Reflect.defineProperty(names, 'z', { value: 1 })", "false"),
            ("Reflect.deleteProperty(names, 'named-x')", "false"),
            ("Reflect.preventExtensions(names)", "false"),
            ("globalThis['named-x'] = 5; globalThis['named-x']", "5"),
            ("Reflect.setPrototypeOf(names, null)", "false"),
            ("Reflect.setPrototypeOf(names, EventTarget.prototype)", "true"),
        ],
    );
}

#[test]
fn prototype_chains_follow_the_inheritance() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            ("Object.getPrototypeOf(TestDerived) === TestBase", "true"),
            ("Object.getPrototypeOf(TestBase) === Function.prototype", "true"),
            ("Object.getPrototypeOf(TestDerived.prototype) === TestBase.prototype", "true"),
            ("Object.getPrototypeOf(TestBase.prototype) === Object.prototype", "true"),
            ("Object.getPrototypeOf(TestBinding.prototype) === EventTarget.prototype", "true"),
            ("Object.getPrototypeOf(globalThis) === TestGlobal.prototype", "true"),
            (
                "globalThis.names = Object.getPrototypeOf(TestGlobal.prototype); String(names)",
                "[object TestGlobalProperties]",
            ),
            ("Object.getPrototypeOf(names) === EventTarget.prototype", "true"),
            ("new TestDerived('d', 1) instanceof TestBase", "true"),
            ("String(new TestDerived('d', 1))", "[object TestDerived]"),
            ("Object.prototype.toString.call(TestDerived.prototype)", "[object TestDerived]"),
            ("Object.keys(new TestBase()).length", "0"),
            (
                "const keys = []; for (const key in new TestBase()) keys.push(key); keys.join()",
                "name,kind,other,fromMixin,setOther",
            ),
        ],
    );
}

#[test]
fn constructors_are_called_with_new_and_make_what_new_target_says() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            ("TestBase()", "!TypeError: TestBase constructor: 'new' is required"),
            ("new TestWithoutConstructor()", "!TypeError: Illegal constructor"),
            ("TestWithoutConstructor()", "!TypeError: Illegal constructor"),
            (
                "new TestDerived('a')",
                "!TypeError: TestDerived constructor: At least 2 arguments required, but only 1 passed",
            ),
            ("new TestBase('n').name", "n"),
            ("new TestBase().name", "unnamed"),
            (
                "class Sub extends TestBase { extra() { return this.name + '!'; } }; new Sub('s').extra()",
                "s!",
            ),
            (
                "Object.getPrototypeOf(Reflect.construct(TestBase, [], TestDerived)) === TestDerived.prototype",
                "true",
            ),
            (
                "function F() {}; F.prototype = 5; Object.getPrototypeOf(Reflect.construct(TestBase, [], F)) === TestBase.prototype",
                "true",
            ),
        ],
    );
}

#[test]
fn members_are_exposed_where_the_idl_says() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            ("'notHere' in TestBinding.prototype", "false"),
            ("'secureOnly' in TestBinding.prototype", "true"),
            ("typeof DOMException", "function"),
            ("typeof Event", "function"),
            ("TestBinding.prototype[Symbol.unscopables].unscopable", "true"),
            ("Object.getPrototypeOf(TestBinding.prototype[Symbol.unscopables])", "null"),
        ],
    );
}

#[test]
fn secure_contexts_alone_have_what_is_marked_so() {
    let agent = TestAgent::start_with(false);
    check(
        &agent,
        &[
            ("'secureOnly' in TestBinding.prototype", "false"),
            ("'unscopable' in TestBinding.prototype", "true"),
        ],
    );
}

#[test]
fn a_global_has_its_members_itself_and_keeps_its_prototype() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            (DESCRIBE, ""),
            ("describe(globalThis, 'globalName')", "ec get:get globalName/0"),
            ("describe(globalThis, 'greet')", "wec value:greet/1"),
            ("describe(globalThis, 'fixed')", "e get:get fixed/0"),
            ("describe(TestGlobal.prototype, 'greet')", "none"),
            ("greet('you')", "hello you"),
            ("globalName", "test"),
            ("(0, Object.getOwnPropertyDescriptor(globalThis, 'globalName').get)()", "test"),
            ("fixed === globalThis", "true"),
            ("describe(globalThis, 'addEventListener')", "none"),
            ("typeof addEventListener", "function"),
            ("try { Object.setPrototypeOf(globalThis, {}); 'changed' } catch (e) { e.name }", "TypeError"),
            ("Reflect.setPrototypeOf(globalThis, Object.getPrototypeOf(globalThis))", "true"),
            ("Reflect.setPrototypeOf(EventTarget.prototype, {})", "false"),
            ("globalThis.replaceable = 'new'; describe(globalThis, 'replaceable')", "wec value:new"),
        ],
    );
}

#[test]
fn namespaces_are_objects_with_functions() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            (DESCRIBE, ""),
            ("testing.shout('abc')", "ABC"),
            ("String(testing)", "[object testing]"),
            ("Object.getPrototypeOf(testing) === Object.prototype", "true"),
            ("describe(globalThis, 'testing')", "wc value:[object testing]"),
            ("describe(testing, 'shout')", "wec value:shout/1"),
            ("testing.VERSION", "3"),
            ("testing.shout()", "!TypeError: testing.shout: At least 1 argument required, but only 0 passed"),
        ],
    );
}

#[test]
fn a_function_is_of_no_use_on_the_wrong_object() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            (
                "TestBase.prototype.name",
                "!TypeError: TestBase.name: called on an object that does not implement interface TestBase",
            ),
            (
                "TestBase.prototype.setOther.call({}, null)",
                "!TypeError: TestBase.setOther: called on an object that does not implement interface TestBase",
            ),
            (
                "TestDerived.prototype.number",
                "!TypeError: TestDerived.number: called on an object that does not implement interface TestDerived",
            ),
            (
                "Object.getOwnPropertyDescriptor(TestDerived.prototype, 'number').get.call(new TestBase())",
                "!TypeError: TestDerived.number: called on an object that does not implement interface TestDerived",
            ),
            (
                "Object.getOwnPropertyDescriptor(TestBase.prototype, 'name').get.call(new TestDerived('d', 1))",
                "d",
            ),
            ("TestBinding.prototype.lenient", "undefined"),
            ("new TestBinding().lenient", "5"),
        ],
    );
}
