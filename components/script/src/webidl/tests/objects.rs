//! The structs of the small interfaces.

use super::generated::interfaces::*;
use super::generated::namespaces::TestingMethods;
use crate::dom::html::global_scope::EnvironmentSettings;
use crate::runtime::agent::Agent;
use crate::webidl::*;

#[dom_struct]
pub struct TestGlobal {
    global_scope: GlobalScope,
}

crate::castable!(TestGlobal => GlobalScope;);

impl TestGlobal {
    pub(super) fn create(cx: &mut JSContext, agent: &Agent, settings: RealmSettings) -> DomRoot<TestGlobal> {
        let url = "https://page.test/".parse().expect("a URL");
        let environment = EnvironmentSettings::new(url, Default::default());
        let global = Box::new(TestGlobal { global_scope: GlobalScope::new_inherited(agent, environment) });
        create_global(cx, global, &mozjs::rust::RealmOptions::default(), settings)
    }
}

impl TestGlobalMethods for TestGlobal {
    fn GlobalName(&self) -> DOMString {
        "test".into()
    }
    fn Replaceable(&self) -> i32 {
        1
    }
    fn Fixed(&self, _cx: &mut JSContext) -> DomRoot<TestGlobal> {
        DomRoot::from_ref(self)
    }
    fn Greet(&self, _cx: &mut JSContext, name: DOMString) -> Fallible<DOMString> {
        Ok(format!("hello {name}").into())
    }
    #[allow(unsafe_code)]
    fn CollectGarbage(&self, cx: &mut JSContext) -> Fallible<()> {
        // SAFETY: nothing unrooted is in use.
        unsafe { mozjs::rust::wrappers2::JS_GC(cx, mozjs::jsapi::GCReason::API) };
        Ok(())
    }
    fn NamedGetter(&self, cx: &mut JSContext, name: DOMString) -> Fallible<Option<DomRoot<TestBase>>> {
        Ok(name.strip_prefix("named-").map(|name| TestBase::new(cx, self.upcast(), name)))
    }
}

#[dom_struct]
pub struct TestBase {
    reflector: Reflector,
    name: DomRefCell<DOMString>,
    other: MutNullableDom<TestBase>,
}

impl TestBase {
    fn new_inherited(name: DOMString) -> TestBase {
        TestBase {
            reflector: Reflector::new(),
            name: DomRefCell::new(name),
            other: MutNullableDom::default(),
        }
    }

    pub(super) fn new(cx: &mut JSContext, global: &GlobalScope, name: &str) -> DomRoot<TestBase> {
        reflect_dom_object(cx, Box::new(TestBase::new_inherited(name.into())), global)
    }
}

impl Drop for TestBase {
    fn drop(&mut self) {
        super::harness::note_drop();
    }
}

impl TestBaseMethods for TestBase {
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        name: DOMString,
    ) -> Fallible<DomRoot<TestBase>> {
        Ok(reflect_dom_object_with_proto(cx, Box::new(TestBase::new_inherited(name)), global, proto))
    }
    fn Name(&self) -> DOMString {
        self.name.borrow().clone()
    }
    fn SetName(&self, _cx: &mut JSContext, name: DOMString) -> Fallible<()> {
        self.name.set(name);
        Ok(())
    }
    fn Kind(&self) -> DOMString {
        if self.is::<TestDerived>() { "derived" } else { "base" }.into()
    }
    fn SetOther(&self, _cx: &mut JSContext, other: Option<&TestBase>) -> Fallible<()> {
        self.other.set(other);
        Ok(())
    }
    fn GetOther(&self, _cx: &mut JSContext) -> Option<DomRoot<TestBase>> {
        self.other.get()
    }
    fn FromMixin(&self) -> DOMString {
        "mixin".into()
    }
}

#[dom_struct]
pub struct TestDerived {
    base: TestBase,
    number: i32,
}

impl TestDerivedMethods for TestDerived {
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        name: DOMString,
        number: i32,
    ) -> Fallible<DomRoot<TestDerived>> {
        let derived = Box::new(TestDerived { base: TestBase::new_inherited(name), number });
        Ok(reflect_dom_object_with_proto(cx, derived, global, proto))
    }
    fn Number(&self) -> i32 {
        self.number
    }
}

#[dom_struct]
pub struct TestWithoutConstructor {
    reflector: Reflector,
}

#[dom_struct]
pub struct TestPairs {
    reflector: Reflector,
    pairs: DomRefCell<Vec<(DOMString, i32)>>,
}

impl TestPairsMethods for TestPairs {
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<TestPairs>> {
        let pairs = TestPairs { reflector: Reflector::new(), pairs: DomRefCell::default() };
        Ok(reflect_dom_object_with_proto(cx, Box::new(pairs), global, proto))
    }
    fn Append(&self, _cx: &mut JSContext, key: DOMString, value: i32) -> Fallible<()> {
        self.pairs.borrow_mut().push((key, value));
        Ok(())
    }
    fn PairToIterateOver(&self, _cx: &mut JSContext, index: u32) -> Option<(DOMString, i32)> {
        self.pairs.borrow().get(index as usize).cloned()
    }
}

#[dom_struct]
pub struct TestIndexed {
    reflector: Reflector,
    items: DomRefCell<Vec<DOMString>>,
}

impl TestIndexedMethods for TestIndexed {
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<TestIndexed>> {
        let indexed = TestIndexed { reflector: Reflector::new(), items: DomRefCell::default() };
        Ok(reflect_dom_object_with_proto(cx, Box::new(indexed), global, proto))
    }
    fn Push(&self, _cx: &mut JSContext, x: DOMString) -> Fallible<()> {
        self.items.borrow_mut().push(x);
        Ok(())
    }
    fn Length(&self) -> u32 {
        self.items.borrow().len() as u32
    }
    fn Item(&self, _cx: &mut JSContext, index: u32) -> Fallible<Option<DOMString>> {
        Ok(self.items.borrow().get(index as usize).cloned())
    }
}

impl Drop for TestIndexed {
    fn drop(&mut self) {
        super::harness::note_drop();
    }
}

#[dom_struct]
pub struct TestNamed {
    reflector: Reflector,
}

impl TestNamedMethods for TestNamed {
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<TestNamed>> {
        Ok(reflect_dom_object_with_proto(
            cx,
            Box::new(TestNamed { reflector: Reflector::new() }),
            global,
            proto,
        ))
    }
    fn NamedItem(&self, _cx: &mut JSContext, name: DOMString) -> Fallible<Option<DOMString>> {
        Ok(self.SupportedPropertyNames().contains(&name).then(|| format!("item {name}").into()))
    }
    fn SupportedPropertyNames(&self) -> Vec<DOMString> {
        vec!["a".into(), "b".into(), "builtIn".into()]
    }
    fn BuiltIn(&self) -> DOMString {
        "built in".into()
    }
}

#[dom_namespace]
pub struct Testing;

impl TestingMethods for Testing {
    fn Shout(_cx: &mut JSContext, _global: &GlobalScope, x: DOMString) -> Fallible<DOMString> {
        Ok(x.to_uppercase().into())
    }
}
