//! The structs of `stores.webidl`, and what script sees of them.

use super::check;
use super::generated::interfaces::*;
use super::harness::TestAgent;
use crate::webidl::*;

#[dom_struct]
pub struct TestList {
    reflector: Reflector,
    items: DomRefCell<Vec<DOMString>>,
}

impl TestList {
    fn new_inherited() -> TestList {
        TestList { reflector: Reflector::new(), items: DomRefCell::default() }
    }
}

impl TestListMethods for TestList {
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<TestList>> {
        Ok(reflect_dom_object_with_proto(cx, Box::new(TestList::new_inherited()), global, proto))
    }
    fn Length(&self) -> u32 {
        self.items.borrow().len() as u32
    }
    fn IndexedGetter(&self, _cx: &mut JSContext, index: u32) -> Fallible<DOMString> {
        Ok(self.items.borrow()[index as usize].clone())
    }
    fn IndexedSetter(&self, _cx: &mut JSContext, index: u32, value: DOMString) -> Fallible<()> {
        let mut items = self.items.borrow_mut();
        let length = items.len();
        match items.get_mut(index as usize) {
            Some(item) => *item = value,
            None if index as usize == length => items.push(value),
            None => return Err(Error::IndexSize(format!("there are only {length}"))),
        }
        Ok(())
    }
}

#[dom_struct]
pub struct TestChildList {
    list: TestList,
}

impl TestChildListMethods for TestChildList {
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<TestChildList>> {
        let list = Box::new(TestChildList { list: TestList::new_inherited() });
        Ok(reflect_dom_object_with_proto(cx, list, global, proto))
    }
    fn NamedThing(&self, cx: &mut JSContext, name: DOMString, rval: MutableHandleValue<'_>) -> Fallible<()> {
        format!("thing {name}").to_jsval(cx, rval);
        Ok(())
    }
    fn SupportedPropertyNames(&self) -> Vec<DOMString> {
        vec!["x".into()]
    }
}

/// What both stores hold.
type Entries = DomRefCell<Vec<(DOMString, DOMString)>>;

fn find(entries: &Entries, name: &DOMString) -> Option<DOMString> {
    entries.borrow().iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
}

fn put(entries: &Entries, name: DOMString, value: DOMString) {
    let mut entries = entries.borrow_mut();
    match entries.iter_mut().find(|(key, _)| *key == name) {
        Some(entry) => entry.1 = value,
        None => entries.push((name, value)),
    }
}

fn remove(entries: &Entries, name: &DOMString) {
    entries.borrow_mut().retain(|(key, _)| key != name);
}

fn names(entries: &Entries) -> Vec<DOMString> {
    entries.borrow().iter().map(|(key, _)| key.clone()).collect()
}

#[dom_struct]
pub struct TestStore {
    reflector: Reflector,
    entries: Entries,
}

impl TestStoreMethods for TestStore {
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<TestStore>> {
        let store = TestStore { reflector: Reflector::new(), entries: DomRefCell::default() };
        Ok(reflect_dom_object_with_proto(cx, Box::new(store), global, proto))
    }
    fn NamedGetter(&self, _cx: &mut JSContext, name: DOMString) -> Fallible<Option<DOMString>> {
        Ok(find(&self.entries, &name))
    }
    fn NamedSetter(&self, _cx: &mut JSContext, name: DOMString, value: DOMString) -> Fallible<()> {
        put(&self.entries, name, value);
        Ok(())
    }
    fn NamedDeleter(&self, _cx: &mut JSContext, name: DOMString) -> Fallible<bool> {
        if &*name == "kept" {
            return Ok(false);
        }
        remove(&self.entries, &name);
        Ok(true)
    }
    fn SupportedPropertyNames(&self) -> Vec<DOMString> {
        names(&self.entries)
    }
    fn BuiltIn(&self) -> DOMString {
        "built in".into()
    }
    fn Fixed(&self) -> DOMString {
        "fixed".into()
    }
}

#[dom_struct]
pub struct TestOverriding {
    reflector: Reflector,
    entries: Entries,
}

impl TestOverridingMethods for TestOverriding {
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<TestOverriding>> {
        let store = TestOverriding { reflector: Reflector::new(), entries: DomRefCell::default() };
        Ok(reflect_dom_object_with_proto(cx, Box::new(store), global, proto))
    }
    fn Get(&self, _cx: &mut JSContext, name: DOMString) -> Fallible<DOMString> {
        Ok(find(&self.entries, &name).unwrap_or_default())
    }
    fn Set(&self, _cx: &mut JSContext, name: DOMString, value: DOMString) -> Fallible<()> {
        put(&self.entries, name, value);
        Ok(())
    }
    fn Remove(&self, _cx: &mut JSContext, name: DOMString) -> Fallible<()> {
        remove(&self.entries, &name);
        Ok(())
    }
    fn SupportedPropertyNames(&self) -> Vec<DOMString> {
        names(&self.entries)
    }
    fn Fixed(&self) -> DOMString {
        "fixed".into()
    }
}

#[dom_struct]
pub struct TestCountless {
    reflector: Reflector,
}

impl TestCountlessMethods for TestCountless {
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<TestCountless>> {
        let countless = TestCountless { reflector: Reflector::new() };
        Ok(reflect_dom_object_with_proto(cx, Box::new(countless), global, proto))
    }
    fn IndexedGetter(&self, _cx: &mut JSContext, index: u32) -> Fallible<u32> {
        Ok(index * 10)
    }
    fn SupportedPropertyIndices(&self) -> u32 {
        3
    }
}

#[test]
fn indexed_properties_are_set_by_the_setter() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            ("globalThis.l = new TestList(); l[0] = 'a'; l[1] = 5; l.length", "2"),
            ("[...Array.prototype.values.call(l)].join() + [...l].join()", "a,5a,5"),
            ("l[0] = 'b'; l[0]", "b"),
            ("l[7] = 'x'", "!IndexSizeError: there are only 2"),
            ("l[0] = Symbol()", "!TypeError: can't convert symbol to string"),
            (
                "JSON.stringify(Object.getOwnPropertyDescriptor(l, 0))",
                r#"{"value":"b","writable":true,"enumerable":true,"configurable":true}"#,
            ),
            ("Object.defineProperty(l, 1, { value: 'defined' })[1]", "defined"),
            ("Reflect.defineProperty(l, 1, { get() {} })", "false"),
            ("Reflect.deleteProperty(l, 0)", "false"),
            ("Reflect.deleteProperty(l, 9)", "true"),
            ("l.other = 'own'; Object.keys(l).join()", "0,1,other"),
            ("String(l[4294967294])", "undefined"),
            ("l[4294967295] = 'a name'; l[4294967295]", "a name"),
            ("const heir = Object.create(l); heir[0] = 'mine'; l[0] + Object.hasOwn(heir, 0)", "btrue"),
        ],
    );
}

#[test]
fn special_operations_are_inherited() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            ("globalThis.c = new TestChildList(); c[0] = 'a'; c[0] + c.length", "a1"),
            ("c.x + c.namedThing('y')", "thing xthing y"),
            ("Object.keys(c).join()", "0,x"),
            ("c.x = 1; c.x", "thing x"),
            ("'use strict'; c.x = 1", "!TypeError: \"x\" is read-only"),
            ("const n = new TestCountless(); n[2] + String(n[3]) + Object.keys(n)", "20undefined0,1,2"),
        ],
    );
}

#[test]
fn named_properties_are_set_and_deleted() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            (
                "globalThis.s = new TestStore(); s.a = 1; s['b c'] = null; JSON.stringify(s)",
                r#"{"a":"1","b c":"","fixed":"fixed"}"#,
            ),
            ("delete s.a; String(s.a) + ('a' in s)", "undefinedfalse"),
            ("s.kept = 'x'; Reflect.deleteProperty(s, 'kept') + s.kept", "falsex"),
            ("delete s.nothing", "true"),
            ("s.builtIn = 'shadowed'; s.builtIn", "built in"),
            ("s.fixed", "fixed"),
            ("Reflect.defineProperty(s, 'd', { value: 7 }) + s.d", "true7"),
            ("Reflect.defineProperty(s, 'd', { get() {} })", "false"),
            ("s[Symbol.iterator] = 5; s[Symbol.iterator]", "5"),
            ("s[0] = 'zero'; s[0]", "zero"),
            (
                "JSON.stringify(Object.getOwnPropertyDescriptor(s, 'd'))",
                r#"{"value":"7","writable":true,"enumerable":true,"configurable":true}"#,
            ),
            ("Reflect.preventExtensions(s)", "false"),
            ("const heir = Object.create(s); heir.d = 'mine'; s.d + heir.d", "7mine"),
        ],
    );
}

#[test]
fn named_properties_may_come_before_built_in_ones() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            ("globalThis.o = new TestOverriding(); o.x = 1; o.toString = 'mine'; o.toString", "mine"),
            ("o.get('x')", "1"),
            ("o.fixed = 'y'; o.fixed", "fixed"),
            ("Reflect.defineProperty(o, 'fixed', { value: 1 }) + o.fixed", "falsefixed"),
            ("delete o.toString; typeof o.toString", "function"),
            ("o.set('get', 'hidden'); o.get", "hidden"),
        ],
    );
}
