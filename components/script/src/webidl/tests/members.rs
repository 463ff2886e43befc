//! The structs of `members.webidl`, and what script sees of them.

use super::check;
use super::generated::interfaces::*;
use super::generated::namespaces::TestSettingsMethods;
use super::harness::TestAgent;
use super::objects::TestBase;
use crate::webidl::*;

#[dom_struct]
pub struct TestNamedBase {
    reflector: Reflector,
    label: DomRefCell<DOMString>,
    base: MutNullableDom<TestBase>,
}

impl TestNamedBase {
    fn new_inherited(label: &str) -> TestNamedBase {
        TestNamedBase {
            reflector: Reflector::new(),
            label: DomRefCell::new(label.into()),
            base: MutNullableDom::default(),
        }
    }
}

impl TestNamedBaseMethods for TestNamedBase {
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<TestNamedBase>> {
        Ok(reflect_dom_object_with_proto(cx, Box::new(TestNamedBase::new_inherited("base")), global, proto))
    }
    fn Label(&self) -> DOMString {
        self.label.borrow().clone()
    }
    fn Skipped(&self, cx: &mut JSContext) -> DomRoot<TestBase> {
        self.base.or_init(|| TestBase::new(cx, &self.global(), "skipped"))
    }
}

#[dom_struct]
pub struct TestNamedDerived {
    base: TestNamedBase,
    parent: MutNullableDom<TestNamedBase>,
}

impl TestNamedDerived {
    fn create(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        label: &str,
    ) -> DomRoot<TestNamedDerived> {
        let derived =
            TestNamedDerived { base: TestNamedBase::new_inherited(label), parent: MutNullableDom::default() };
        reflect_dom_object_with_proto(cx, Box::new(derived), global, proto)
    }
}

thread_local! {
    static SHARED: Cell<i32> = const { Cell::new(0) };
}

impl TestNamedDerivedMethods for TestNamedDerived {
    fn TestPicture(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        width: u32,
    ) -> Fallible<DomRoot<TestNamedDerived>> {
        Ok(TestNamedDerived::create(cx, global, proto, &format!("width {width}")))
    }
    fn TestPicture_(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        label: DOMString,
        height: i32,
    ) -> Fallible<DomRoot<TestNamedDerived>> {
        Ok(TestNamedDerived::create(cx, global, proto, &format!("{label} {height}")))
    }
    fn SetLabel(&self, _cx: &mut JSContext, value: DOMString) -> Fallible<()> {
        self.base.label.set(value);
        Ok(())
    }
    fn Parent(&self, cx: &mut JSContext) -> DomRoot<TestNamedBase> {
        self.parent.or_init(|| {
            reflect_dom_object(cx, Box::new(TestNamedBase::new_inherited("parent")), &self.global())
        })
    }
    fn GetExtra(&self, _cx: &mut JSContext, mut rval: MutableHandleObject<'_>) {
        rval.set(std::ptr::null_mut());
    }
    fn Isolated(&self) -> i32 {
        1
    }
    fn LenientAny(&self, cx: &mut JSContext, rval: MutableHandleValue<'_>) {
        "any".to_jsval(cx, rval);
    }
    fn Fixed(&self) -> i32 {
        7
    }
    fn Shared(cx: &mut JSContext, _global: &GlobalScope, rval: MutableHandleValue<'_>) {
        SHARED.get().to_jsval(cx, rval);
    }
    fn SetShared(cx: &mut JSContext, _global: &GlobalScope, value: HandleValue<'_>) -> Fallible<()> {
        SHARED.set(i32::from_js(cx, value)?);
        Ok(())
    }
    fn Ready(cx: &mut JSContext, global: &GlobalScope) -> Promise {
        Promise::resolved(cx, global, &5)
    }
    fn Thing(_cx: &mut JSContext, global: &GlobalScope, mut rval: MutableHandleObject<'_>) {
        rval.set(global.reflector().get_jsobject().get());
    }
    fn Mixed(&self, cx: &mut JSContext, a: i32, rval: MutableHandleValue<'_>) -> Fallible<()> {
        format!("any {a}").to_jsval(cx, rval);
        Ok(())
    }
    fn Mixed_(&self, _cx: &mut JSContext, a: DOMString, b: Option<i32>) -> Fallible<DOMString> {
        Ok(format!("string {a} {b:?}").into())
    }
    fn Mixed__(&self, _cx: &mut JSContext, _a: &TestBase) -> Fallible<()> {
        Ok(())
    }
    fn Mixed___(
        &self,
        _cx: &mut JSContext,
        _a: DOMString,
        b: &TestBase,
        mut rval: MutableHandleObject<'_>,
    ) -> Fallible<()> {
        rval.set(b.reflector().get_jsobject().get());
        Ok(())
    }
    fn After(&self, _cx: &mut JSContext, first: DOMString, a: i32) -> Fallible<DOMString> {
        Ok(format!("{first} long {a}").into())
    }
    fn After_(&self, _cx: &mut JSContext, first: DOMString, a: Vec<i32>) -> Fallible<DOMString> {
        Ok(format!("{first} sequence {a:?}").into())
    }
    fn Many(&self, _cx: &mut JSContext, bases: Vec<DomRoot<TestBase>>) -> Fallible<DOMString> {
        Ok(format!("{} objects", bases.len()).into())
    }
    fn Many_(&self, _cx: &mut JSContext, a: DOMString, b: i32) -> Fallible<DOMString> {
        Ok(format!("{a} {b}").into())
    }
    fn Later(&self, _cx: &mut JSContext) -> Fallible<()> {
        Ok(())
    }
}

#[dom_namespace]
pub struct TestSettings;

impl TestSettingsMethods for TestSettings {
    fn Mode(_cx: &mut JSContext, _global: &GlobalScope) -> DOMString {
        "quick".into()
    }
    fn Data(cx: &mut JSContext, _global: &GlobalScope, rval: MutableHandleValue<'_>) {
        5.to_jsval(cx, rval);
    }
}

#[dom_struct]
pub struct TestInside {
    reflector: Reflector,
}

#[dom_struct]
pub struct TestIsolated {
    reflector: Reflector,
}

#[dom_struct]
pub struct TestFeature {
    reflector: Reflector,
}

const SET_UP: (&str, &str) = ("globalThis.d = new TestPicture('d', 1); ''", "");

#[dom_struct]
pub struct TestKeeps {
    reflector: Reflector,
    text: DomRefCell<DOMString>,
}

impl TestKeeps {
    fn new_inherited() -> TestKeeps {
        TestKeeps { reflector: Reflector::new(), text: DomRefCell::default() }
    }
}

impl TestKeepsMethods for TestKeeps {
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<TestKeeps>> {
        Ok(reflect_dom_object_with_proto(cx, Box::new(TestKeeps::new_inherited()), global, proto))
    }
    fn CachedText(&self) -> DOMString {
        self.text.borrow().clone()
    }
    fn Number(&self) -> i32 {
        self.text.borrow().bytes().last().map_or(0, |digit| i32::from(digit) - i32::from(b'0'))
    }
    fn Fixed(&self) -> i32 {
        7
    }
    fn SetText(&self, _cx: &mut JSContext, text: DOMString) -> Fallible<()> {
        self.text.set(text);
        self.reflector.forget_cached_values();
        Ok(())
    }
}

#[dom_struct]
pub struct TestKeepsMore {
    keeps: TestKeeps,
    /// How often the value was made.
    made: Cell<i32>,
}

impl TestKeepsMoreMethods for TestKeepsMore {
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<TestKeepsMore>> {
        let keeps = TestKeepsMore { keeps: TestKeeps::new_inherited(), made: Cell::default() };
        Ok(reflect_dom_object_with_proto(cx, Box::new(keeps), global, proto))
    }
    fn CachedMore(&self) -> DOMString {
        self.made.set(self.made.get() + 1);
        format!("more {}", self.made.get()).into()
    }
}

#[test]
fn attributes_of_all_kinds_are_got_and_set() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            ("d.label", "d 1"),
            ("d.label = 'new'; d.label", "new"),
            (
                "Object.getOwnPropertyDescriptor(TestNamedDerived.prototype, 'label').get.call(new TestNamedBase())",
                "!TypeError: TestNamedDerived.label: called on an object that does not implement interface TestNamedDerived",
            ),
            ("String(TestNamedDerived.prototype.lenientAny) + d.lenientAny", "undefinedany"),
            ("'use strict'; d.fixed = 1; d.fixed", "7"),
            ("TestNamedDerived.shared = 5; TestNamedDerived.shared", "5"),
            ("TestNamedDerived.thing === globalThis", "true"),
            ("TestNamedDerived.ready instanceof Promise", "true"),
            ("testSettings.mode + testSettings.data", "quick5"),
            ("typeof Object.getOwnPropertyDescriptor(testSettings, 'mode').set", "undefined"),
        ],
    );
}

#[test]
fn the_default_to_json_has_what_json_can_hold() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            ("JSON.stringify(new TestNamedBase())", r#"{"label":"base"}"#),
            ("JSON.stringify(d)", r#"{"label":"d 1","parent":{"label":"parent"},"extra":null,"fixed":7}"#),
        ],
    );
}

#[test]
fn factory_functions_are_constructors_by_another_name() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            ("new TestPicture().label + new TestPicture(5).label", "width 1width 5"),
            ("new TestPicture() instanceof TestNamedDerived", "true"),
            ("TestPicture.prototype === TestNamedDerived.prototype", "true"),
            ("TestPicture.name + TestPicture.length", "TestPicture0"),
            ("JSON.stringify(Object.getOwnPropertyDescriptor(TestPicture, 'prototype').writable)", "false"),
            ("TestPicture()", "!TypeError: TestPicture constructor: 'new' is required"),
            ("new TestPicture(Symbol(), 1)", "!TypeError: can't convert symbol to string"),
            ("new TestNamedDerived()", "!TypeError: Illegal constructor"),
            ("TestNamedDerived.prototype.constructor === TestNamedDerived", "true"),
        ],
    );
}

#[test]
fn overloads_may_return_different_types() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            ("d.mixed(1)", "any 1"),
            ("d.mixed('a')", "string a None"),
            ("String(d.mixed(new TestBase()))", "undefined"),
            ("globalThis.b = new TestBase('b'); d.mixed('a', b) === b", "true"),
            ("d.mixed('a', 2)", "string a Some(2)"),
            ("d.after('x', 1) + d.after('x', [1])", "x long 1x sequence [1]"),
            (
                "const order = []; d.after({ toString() { order.push('first'); return '' } }, { get [Symbol.iterator]() { order.push('second') } }); order.join()",
                "first,second",
            ),
            ("d.many() + d.many(b) + d.many(b, b, b)", "0 objects1 objects3 objects"),
            ("d.many('a', 1)", "a 1"),
            ("d.many('a', 1, 2)", "!TypeError: TestNamedDerived.many: Argument 1 is not an object"),
        ],
    );
}

#[test]
fn interfaces_may_belong_to_namespaces() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            ("typeof testSettings.TestInside + typeof globalThis.TestInside", "functionundefined"),
            ("Object.keys(testSettings).join()", "mode,data"),
        ],
    );
}

#[test]
fn isolation_and_features_decide_what_is_exposed() {
    let agent = TestAgent::start();
    let features = "[typeof TestIsolated, 'isolated' in TestNamedDerived.prototype, typeof TestFeature,
                     'later' in TestNamedDerived.prototype, 'VERSION' in testSettings].join()";
    check(&agent, &[(features, "undefined,false,undefined,false,false")]);
}

#[test]
fn isolated_realms_with_features_have_it_all() {
    let settings = RealmSettings {
        secure_context: true,
        cross_origin_isolated: true,
        features: ["test-feature".to_owned()].into(),
    };
    let agent = TestAgent::start_with(settings);
    let features = "[typeof TestIsolated, 'isolated' in TestNamedDerived.prototype, typeof TestFeature,
                     'later' in TestNamedDerived.prototype, 'VERSION' in testSettings].join()";
    check(&agent, &[(features, "function,true,function,true,true")]);
}
