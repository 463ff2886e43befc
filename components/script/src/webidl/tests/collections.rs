//! The structs of `collections.webidl`, and what script sees of them.

use super::check;
use super::generated::interfaces::*;
use super::harness::TestAgent;
use super::objects::TestBase;
use crate::webidl::*;

#[dom_struct]
pub struct TestMap {
    reflector: Reflector,
    entries: MapEntries,
}

impl TestMapMethods for TestMap {
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<TestMap>> {
        let map = TestMap { reflector: Reflector::new(), entries: MapEntries::default() };
        Ok(reflect_dom_object_with_proto(cx, Box::new(map), global, proto))
    }
    fn MapEntries(&self) -> &MapEntries {
        &self.entries
    }
}

#[dom_struct]
pub struct TestFixedMap {
    reflector: Reflector,
    entries: MapEntries,
}

impl TestFixedMapMethods for TestFixedMap {
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<TestFixedMap>> {
        let map = TestFixedMap { reflector: Reflector::new(), entries: MapEntries::default() };
        Ok(reflect_dom_object_with_proto(cx, Box::new(map), global, proto))
    }
    fn MapEntries(&self) -> &MapEntries {
        &self.entries
    }
    fn Put(&self, cx: &mut JSContext, key: f64, value: &TestBase) -> Fallible<()> {
        self.entries.set(cx, &key, &DomRoot::from_ref(value));
        assert!(self.entries.has(cx, &key));
        assert!(self.entries.get(cx, &key).handle().is_object());
        Ok(())
    }
}

#[dom_struct]
pub struct TestSet {
    reflector: Reflector,
    entries: SetEntries,
}

impl TestSetMethods for TestSet {
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<TestSet>> {
        let set = TestSet { reflector: Reflector::new(), entries: SetEntries::default() };
        let set = reflect_dom_object_with_proto(cx, Box::new(set), global, proto);
        let first = TestBase::new(cx, global, "first");
        set.entries.add(cx, &first);
        Ok(set)
    }
    fn SetEntries(&self) -> &SetEntries {
        &self.entries
    }
    fn Delete(&self, cx: &mut JSContext, value: &TestBase) -> Fallible<bool> {
        if &*value.Name() == "first" {
            return Err(Error::NotAllowed("the first one stays".into()));
        }
        Ok(self.entries.delete(cx, &DomRoot::from_ref(value)))
    }
}

#[dom_struct]
pub struct TestLater {
    reflector: Reflector,
}

/// Two pairs.
#[derive(JSTraceable)]
struct Later {
    global: Dom<GlobalScope>,
    count: Cell<i32>,
}

impl AsyncIteratorSteps for Later {
    fn next(&self, cx: &mut JSContext) -> Promise {
        let (global, count) = (self.global.as_rooted(), self.count.get() + 1);
        self.count.set(count);
        rooted!(&in(cx) let mut key = mozjs::jsval::UndefinedValue());
        format!("key{count}").to_jsval(cx, key.handle_mut());
        rooted!(&in(cx) let mut value = mozjs::jsval::UndefinedValue());
        count.to_jsval(cx, value.handle_mut());
        let pair = vec![RootedValue::from(key.handle()), RootedValue::from(value.handle())];
        Promise::resolved(cx, &global, &pair)
    }
    fn is_at_end(&self) -> bool {
        self.count.get() > 2
    }
    fn return_(&self, cx: &mut JSContext, value: HandleValue<'_>) -> Promise {
        let promise = Promise::new_in_current_realm(cx);
        promise.resolve_value(cx, value);
        promise
    }
}

impl TestLaterMethods for TestLater {
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<TestLater>> {
        let later = TestLater { reflector: Reflector::new() };
        Ok(reflect_dom_object_with_proto(cx, Box::new(later), global, proto))
    }
    fn AsyncIterator(&self, _cx: &mut JSContext) -> Fallible<Box<dyn AsyncIteratorSteps>> {
        Ok(Box::new(Later { global: Dom::from_ref(&*self.global()), count: Cell::new(0) }))
    }
}

#[test]
fn maplike_interfaces_are_maps_of_converted_values() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            ("globalThis.m = new TestMap(); m.set('a', '1') === m && m.set('b', 2.9).size", "2"),
            ("m.get('a') + m.get('b')", "3"),
            ("String(m.get('c'))", "undefined"),
            ("m.has('a') && !m.has('c')", "true"),
            ("[...m].join(';')", "a,1;b,2"),
            ("[...m.keys()].join() + [...m.values()].join()", "a,b1,2"),
            ("Object.getPrototypeOf(m.entries()) === Object.getPrototypeOf(new Map().entries())", "true"),
            (
                "const all = []; m.forEach(function (v, k, o) { all.push(v, k, o === m, this.x) }, { x: 5 }); all.join()",
                "1,a,true,5,2,b,true,5",
            ),
            ("m.forEach(() => { throw new RangeError('mine') })", "!RangeError: mine"),
            ("m.forEach(5)", "!TypeError: TestMap.forEach: Argument 1 is not callable"),
            (
                "const seen = []; for (const [k] of m) { seen.push(k); if (seen.length < 4) m.set('n' + seen.length, 0) } seen.join()",
                "a,b,n1,n2,n3",
            ),
            ("m.delete('a') && !m.delete('a') && m.size", "4"),
            ("m.clear(); m.size", "0"),
            ("m.set(Symbol(), 1)", "!TypeError: can't convert symbol to string"),
            (
                "TestMap.prototype.size",
                "!TypeError: TestMap.size: called on an object that does not implement interface TestMap",
            ),
            ("TestMap.prototype[Symbol.iterator] === TestMap.prototype.entries", "true"),
            (
                "Object.keys(TestMap.prototype).join()",
                "size,entries,keys,values,forEach,get,has,set,delete,clear",
            ),
            (
                "['get', 'has', 'set', 'delete', 'clear', 'forEach', 'entries'].map(n => TestMap.prototype[n].length).join()",
                "1,1,2,1,0,1,0",
            ),
            ("Object.getOwnPropertyDescriptor(TestMap.prototype, 'size').get.name", "get size"),
        ],
    );
}

#[test]
fn readonly_maplike_interfaces_change_from_within_alone() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            (
                "globalThis.f = new TestFixedMap(); f.put(-0, new TestBase('zero')); f.put(1, new TestBase('one')); f.size",
                "2",
            ),
            ("collectGarbage(); f.get(0).name + f.get('1').name", "zeroone"),
            ("['set', 'delete', 'clear'].some(n => n in f)", "false"),
            ("Object.is([...f.keys()][0], 0)", "true"),
        ],
    );
}

#[test]
fn setlike_interfaces_are_sets_and_may_have_members_of_their_own() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            (
                "globalThis.s = new TestSet(); globalThis.b = new TestBase('b'); s.add(b).add(b) === s && s.size",
                "2",
            ),
            ("[...s].map(x => x.name).join()", "first,b"),
            ("[...s.entries()].every(([k, v]) => k === v)", "true"),
            ("s.has(b) && !s.has(new TestBase('b'))", "true"),
            ("s.has({})", "!TypeError: TestSet.has: Argument 1 does not implement interface TestBase"),
            ("s.delete([...s][0])", "!NotAllowedError: the first one stays"),
            ("s.delete(b) && !s.delete(b)", "true"),
            (
                "TestSet.prototype.keys === TestSet.prototype.values && TestSet.prototype[Symbol.iterator] === TestSet.prototype.values",
                "true",
            ),
            ("TestSet.prototype.keys.name", "values"),
            ("const all = []; s.forEach((v, k, o) => all.push(v === k, o === s)); all.join()", "true,true"),
            ("s.clear(); s.size", "0"),
        ],
    );
}

#[test]
fn async_iterable_pairs_have_entries_keys_and_values() {
    let agent = TestAgent::start();
    let log = agent.log(
        "globalThis.log = [];
         (async () => {
             const later = new TestLater();
             for await (const [key, value] of later) log.push(key + '=' + value);
             for await (const key of later.keys()) log.push(key);
             for await (const value of later.values()) log.push(value);
             log.push(TestLater.prototype[Symbol.asyncIterator] === TestLater.prototype.entries);
         })(); ''",
    );
    assert_eq!(log, "key1=1,key2=2,key1,key2,1,2,true");
}
