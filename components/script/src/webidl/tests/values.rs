//! The struct of `values.webidl`, and what script sees of it.

use super::check;
use super::generated::dictionaries::TestKept;
use super::generated::interfaces::{TestBaseMethods, TestValuesMethods};
use super::generated::unions::*;
use super::harness::TestAgent;
use super::objects::TestBase;
use crate::webidl::*;

#[dom_struct]
pub struct TestValues {
    reflector: Reflector,
    mark: HeapValue,
    list: HeapValue,
    numbers: ObservableArray,
    objects: ObservableArray,
    log: DomRefCell<Vec<String>>,
}

impl TestValues {
    fn note(&self, text: String) {
        self.log.borrow_mut().push(text);
    }
}

/// What `concat` goes on with.
#[derive(JSTraceable)]
struct Concat {
    iterator: std::rc::Rc<AsyncIterator<DOMString>>,
    promise: HeapPromise,
    #[no_trace]
    text: String,
    #[no_trace]
    left: u32,
}

/// The example of <https://webidl.spec.whatwg.org/#js-async-sequence-iteration>.
fn step(cx: &mut JSContext, concat: Concat) {
    let iterator = RootedBox::new(concat.iterator.clone());
    let concat = RootedBox::new(concat);
    let next = iterator.next(cx);
    let captures = Concat {
        iterator: concat.iterator.clone(),
        promise: concat.promise.clone(),
        text: concat.text.clone(),
        left: concat.left,
    };
    next.react(
        cx,
        captures,
        |cx, concat, result| {
            let (iterator, promise) = (RootedBox::new(concat.iterator.clone()), concat.promise.root());
            match iterator.value(cx, result) {
                Ok(Some(value)) => {
                    let text = format!("{}{value}", concat.text);
                    if concat.left > 1 {
                        let (iterator, promise) = (concat.iterator.clone(), concat.promise.clone());
                        return step(cx, Concat { iterator, promise, text, left: concat.left - 1 });
                    }
                    let closed = iterator.close(cx, HandleValue::undefined());
                    closed.mark_as_handled(cx);
                    promise.resolve(cx, &text);
                }
                Ok(None) => promise.resolve(cx, &format!("{}.", concat.text)),
                Err(error) => promise.reject(cx, error),
            }
        },
        |cx, concat, reason| concat.promise.root().reject_value(cx, reason),
    );
}

impl TestValuesMethods for TestValues {
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<TestValues>> {
        let values = Box::new(TestValues {
            reflector: Reflector::new(),
            mark: HeapValue::default(),
            list: HeapValue::default(),
            numbers: ObservableArray::default(),
            objects: ObservableArray::default(),
            log: DomRefCell::default(),
        });
        Ok(reflect_dom_object_with_proto(cx, values, global, proto))
    }
    fn PassBigInt(
        &self,
        _cx: &mut JSContext,
        x: HandleValue<'_>,
        mut rval: MutableHandleValue<'_>,
    ) -> Fallible<()> {
        rval.set(x.get());
        Ok(())
    }
    fn PassNullableBigInt(
        &self,
        _cx: &mut JSContext,
        x: HandleValue<'_>,
        mut rval: MutableHandleValue<'_>,
    ) -> Fallible<()> {
        rval.set(x.get());
        Ok(())
    }
    fn HasBigInt(&self, _cx: &mut JSContext, x: HandleValue<'_>) -> Fallible<bool> {
        Ok(!x.is_undefined())
    }
    fn PassSymbol(
        &self,
        _cx: &mut JSContext,
        x: HandleValue<'_>,
        mut rval: MutableHandleValue<'_>,
    ) -> Fallible<()> {
        rval.set(x.get());
        Ok(())
    }
    fn Mark(&self, _cx: &mut JSContext, rval: MutableHandleValue<'_>) {
        self.mark.get(rval);
    }
    fn SetMark(&self, _cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<()> {
        self.mark.set(value);
        Ok(())
    }
    fn List(&self, _cx: &mut JSContext, rval: MutableHandleValue<'_>) {
        self.list.get(rval);
    }
    fn SetList(&self, _cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<()> {
        self.list.set(value);
        Ok(())
    }
    fn DescribeFrozen(&self, cx: &mut JSContext, x: HandleValue<'_>) -> Fallible<DOMString> {
        Ok(format!("{:?}", Vec::<DOMString>::from_js(cx, x)?).into())
    }
    fn DescribeKept(&self, cx: &mut JSContext, x: &TestKept) -> Fallible<DOMString> {
        let list = match &x.list {
            Some(list) => Some(Vec::<i32>::from_js(cx, list.handle())?),
            None => None,
        };
        let big = x.big.as_ref().is_some_and(|big| big.handle().is_bigint());
        let sign = x.sign.as_ref().is_some_and(|sign| sign.handle().is_symbol());
        Ok(format!("{big} {sign} {list:?}").into())
    }
    fn Concat(&self, cx: &mut JSContext, x: &AsyncSequence<DOMString>, limit: u32) -> Fallible<Promise> {
        let promise = Promise::new(cx, &self.global());
        let iterator = RootedBox::new(std::rc::Rc::new(x.open(cx)?));
        let text = String::new();
        step(cx, Concat { iterator: (*iterator).clone(), promise: promise.to_heap(), text, left: limit });
        Ok(promise)
    }
    fn DescribeNumeric(&self, cx: &mut JSContext, x: DoubleOrBigInt) -> Fallible<DOMString> {
        Ok(match x {
            DoubleOrBigInt::Double(number) => format!("double {number}").into(),
            DoubleOrBigInt::BigInt(value) => {
                format!("bigint {}", DOMString::from_js(cx, value.handle())?).into()
            }
        })
    }
    fn DescribeChoice(
        &self,
        _cx: &mut JSContext,
        x: BigIntOrSymbolOrBooleanOrDOMString,
    ) -> Fallible<DOMString> {
        use BigIntOrSymbolOrBooleanOrDOMString as U;
        Ok(match x {
            U::BigInt(_) => "bigint".into(),
            U::Symbol(_) => "symbol".into(),
            U::Boolean(value) => format!("boolean {value}").into(),
            U::DOMString(text) => format!("string {text}").into(),
        })
    }
    fn DescribeAsync(&self, _cx: &mut JSContext, x: LongAsyncSequenceOrDOMString) -> Fallible<DOMString> {
        Ok(match x {
            LongAsyncSequenceOrDOMString::LongAsyncSequence(_) => "sequence".into(),
            LongAsyncSequenceOrDOMString::DOMString(text) => format!("string {text}").into(),
        })
    }
    fn LengthOf(&self, _cx: &mut JSContext, x: &BufferSource) -> Fallible<u32> {
        Ok(x.byte_length() as u32)
    }
    fn LengthOfPlain(&self, _cx: &mut JSContext, x: &BufferSource) -> Fallible<u32> {
        Ok(x.byte_length() as u32)
    }
    fn Numbers(&self) -> &ObservableArray {
        &self.numbers
    }
    fn SetNumbersItem(&self, _cx: &mut JSContext, value: i32, index: u32) -> Fallible<()> {
        if value < 0 {
            return Err(Error::NotSupported("no negative numbers".into()));
        }
        self.note(format!("set {index}={value}"));
        Ok(())
    }
    fn DeleteNumbersItem(&self, _cx: &mut JSContext, value: i32, index: u32) -> Fallible<()> {
        self.note(format!("delete {index}={value}"));
        Ok(())
    }
    fn Objects(&self) -> &ObservableArray {
        &self.objects
    }
    fn SetObjectsItem(&self, _cx: &mut JSContext, value: DomRoot<TestBase>, index: u32) -> Fallible<()> {
        self.note(format!("set {index}={}", value.Name()));
        Ok(())
    }
    fn DeleteObjectsItem(&self, _cx: &mut JSContext, value: DomRoot<TestBase>, index: u32) -> Fallible<()> {
        self.note(format!("delete {index}={}", value.Name()));
        Ok(())
    }
    fn TakeLog(&self, _cx: &mut JSContext) -> Fallible<DOMString> {
        Ok(std::mem::take(&mut *self.log.borrow_mut()).join(", ").into())
    }
}

const SET_UP: (&str, &str) = ("globalThis.v = new TestValues(); ''", "");

#[test]
fn bigints_and_symbols_stay_what_they_are() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            ("v.passBigInt(12345678901234567890n) === 12345678901234567890n", "true"),
            ("v.passBigInt('17') === 17n", "true"),
            ("v.passBigInt(true) === 1n", "true"),
            ("v.passBigInt(1)", "!TypeError: can't convert 1 to BigInt"),
            ("v.passNullableBigInt()", "null"),
            ("v.passNullableBigInt(null)", "null"),
            ("v.passNullableBigInt(5n) === 5n", "true"),
            ("v.hasBigInt()", "false"),
            ("v.hasBigInt(0n)", "true"),
            ("v.passSymbol(Symbol.iterator) === Symbol.iterator", "true"),
            ("v.passSymbol('a')", "!TypeError: TestValues.passSymbol: Argument 1 is not a symbol"),
            ("v.mark = Symbol.iterator; v.mark === Symbol.iterator", "true"),
            ("v.mark = 5", "!TypeError: TestValues.mark: Value being assigned is not a symbol"),
            ("v.describeKept({ big: 1n, sign: Symbol(), list: [1, 2] })", "true true Some([1, 2])"),
            ("v.describeKept({})", "false false None"),
        ],
    );
}

#[test]
fn frozen_arrays_are_converted_and_frozen() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            ("const own = [1, '2', 3.9]; v.list = own; v.list.join()", "1,2,3"),
            ("Object.isFrozen(v.list) && v.list === v.list && v.list !== own", "true"),
            ("v.describeFrozen(new Set(['a', 5]))", r#"["a", "5"]"#),
            (
                "v.list = 5",
                "!TypeError: TestValues.list: Value being assigned can't be converted to a sequence",
            ),
        ],
    );
}

#[test]
fn unions_tell_their_members_apart() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            ("v.describeNumeric(1.5)", "double 1.5"),
            ("v.describeNumeric(7n)", "bigint 7"),
            ("v.describeNumeric({ valueOf: () => 9n })", "bigint 9"),
            ("v.describeNumeric('2')", "double 2"),
            ("v.describeNumeric(true)", "double 1"),
            ("v.describeNumeric(Symbol())", "!TypeError: can't convert symbol to number"),
            ("v.describeChoice(1n)", "bigint"),
            ("v.describeChoice(Symbol())", "symbol"),
            ("v.describeChoice(false)", "boolean false"),
            ("v.describeChoice(1)", "string 1"),
            ("v.describeAsync([1])", "sequence"),
            ("v.describeAsync({ async *[Symbol.asyncIterator]() {} })", "sequence"),
            ("v.describeAsync(new String('s'))", "string s"),
            ("v.describeAsync({})", "string [object Object]"),
        ],
    );
}

#[test]
fn an_iterator_method_is_asked_for_once() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            (
                "let count = 0; const it = { get [Symbol.iterator]() { count++; return function* () { yield 1; yield '2'; } } };
                 new TestBinding().describeUnion(it) + count",
                "sequence [1, 2]1",
            ),
            (
                "new TestBinding().describeUnion({ [Symbol.iterator]: () => 5 })",
                "!TypeError: TestBinding.describeUnion: Argument 1 has an iterator that gives no object",
            ),
            (
                "new TestBinding().describeUnion({ [Symbol.iterator]: () => ({ next() { throw new RangeError('mine') } }) })",
                "!RangeError: mine",
            ),
        ],
    );
}

#[test]
fn async_sequences_are_asked_one_value_at_a_time() {
    let agent = TestAgent::start();
    let log = agent.log(
        "globalThis.log = [];
         const v = new TestValues();
         const closing = { i: 0, next() { return { value: this.i++ } }, return() { log.push('closed'); return {} },
                           [Symbol.iterator]() { return this } };
         (async () => {
             log.push(await v.concat(['a', 1, Promise.resolve('late')]));
             log.push(await v.concat((async function* () { yield 'x'; yield 'y'; })()));
             log.push(await v.concat(closing, 3));
             log.push(await v.concat((async function* () { throw new Error('mine'); })()).catch(e => e.message));
             log.push(await v.concat({ [Symbol.asyncIterator]: 5 }).catch(e => e.message));
             log.push(await v.concat(5).catch(e => e.message));
         })(); ''",
    );
    assert_eq!(
        log,
        "a1late.,xy.,closed,012,mine,\
         TestValues.concat: Argument 1 has an iterator that is not callable,\
         TestValues.concat: Argument 1 can't be converted to an async sequence"
    );
}

#[test]
fn shared_and_resizable_buffers_need_to_be_allowed() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            ("v.lengthOf(new Uint8Array(3))", "3"),
            ("v.lengthOf(new Uint8Array(new ArrayBuffer(4, { maxByteLength: 8 })))", "4"),
            (
                "v.lengthOfPlain(new Uint8Array(new ArrayBuffer(4, { maxByteLength: 8 })))",
                "!TypeError: TestValues.lengthOfPlain: Argument 1 is a resizable buffer, which is not allowed here",
            ),
        ],
    );
}

#[test]
fn constants_of_callback_interfaces_are_on_a_function() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            ("TestLegacyCallback.ACCEPT", "1"),
            ("TestLegacyCallback.YES", "true"),
            ("TestLegacyCallback.name + TestLegacyCallback.length", "TestLegacyCallback0"),
            ("typeof TestCallback", "undefined"),
            ("'prototype' in TestLegacyCallback", "false"),
            ("TestLegacyCallback()", "!TypeError: Illegal constructor"),
            ("new TestLegacyCallback()", "!TypeError: TestLegacyCallback is not a constructor"),
        ],
    );
}

#[test]
fn observable_arrays_are_arrays_that_tell_what_happens() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            ("Array.isArray(v.numbers) && v.numbers === v.numbers && v.numbers.length", "0"),
            ("v.numbers = [1, '2']; v.takeLog()", "set 0=1, set 1=2"),
            ("v.numbers.push(3.7); v.takeLog()", "set 2=3"),
            ("v.numbers.join()", "1,2,3"),
            ("v.numbers[1] = 20; v.takeLog()", "delete 1=2, set 1=20"),
            ("v.numbers.pop() + ' ' + v.takeLog()", "3 delete 2=3"),
            ("v.numbers[5] = 1; v.numbers.length", "2"),
            (
                "'use strict'; v.numbers[5] = 1",
                "!TypeError: proxy set handler returned false for property '5'",
            ),
            ("delete v.numbers[0]; v.numbers.length", "2"),
            ("delete v.numbers[1]; v.numbers.length", "1"),
            ("v.takeLog()", "delete 1=20"),
            ("v.numbers.length = 0; v.takeLog()", "delete 0=1"),
            ("v.numbers.length = -1", "!RangeError: the length is not a valid one"),
            ("v.numbers = [1, -1]", "!NotSupportedError: no negative numbers"),
            ("v.numbers.length", "1"),
            (
                "v.numbers = 5",
                "!TypeError: TestValues.numbers: Value being assigned can't be converted to a sequence",
            ),
            ("v.numbers.extra = 'x'; v.numbers.extra", "x"),
            ("Object.keys(v.numbers).join()", "0,extra"),
            ("Reflect.ownKeys(v.numbers).join()", "0,length,extra"),
            (
                "JSON.stringify(Object.getOwnPropertyDescriptor(v.numbers, 0))",
                r#"{"value":1,"writable":true,"enumerable":true,"configurable":true}"#,
            ),
            (
                "JSON.stringify(Object.getOwnPropertyDescriptor(v.numbers, 'length'))",
                r#"{"value":1,"writable":true,"enumerable":false,"configurable":false}"#,
            ),
            ("Reflect.defineProperty(v.numbers, 0, { get() {} })", "false"),
            ("Reflect.defineProperty(v.numbers, 0, { value: 8 }) && v.numbers[0]", "8"),
            ("Reflect.defineProperty(v.numbers, 0, { writable: false })", "false"),
            ("Reflect.preventExtensions(v.numbers)", "false"),
            (
                "v.objects.push(new TestBase('a')); v.objects.push({})",
                "!TypeError: does not implement interface TestBase",
            ),
            ("collectGarbage(); v.objects[0].name", "a"),
            ("0 in v.objects && !(1 in v.objects)", "true"),
        ],
    );
}
