//! The struct of the big interface.

use super::generated::callbacks::*;
use super::generated::dictionaries::*;
use super::generated::enums::TestEnum;
use super::generated::interfaces::TestBindingMethods;
use super::generated::unions::*;
use super::objects::TestBase;
use crate::webidl::*;

#[dom_struct]
pub struct TestBinding {
    event_target: EventTarget,
    flag: Cell<bool>,
    choice: Cell<TestEnum>,
    anything: HeapValue,
    nullable_text: DomRefCell<Option<DOMString>>,
    same: MutNullableDom<TestBase>,
    kept: DomRefCell<Option<TestFunction>>,
    ready: DomRefCell<Option<HeapPromise>>,
    frozen: HeapValue,
}

impl TestBinding {
    fn ready(&self, cx: &mut JSContext) -> Promise {
        if let Some(ready) = &*self.ready.borrow() {
            return ready.root();
        }
        let promise = Promise::new(cx, &self.global());
        self.ready.set(Some(promise.to_heap()));
        promise
    }
}

impl TestBindingMethods for TestBinding {
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<TestBinding>> {
        let binding = Box::new(TestBinding {
            event_target: EventTarget::new_inherited(),
            flag: Cell::new(false),
            choice: Cell::new(TestEnum::One),
            anything: HeapValue::default(),
            nullable_text: DomRefCell::default(),
            same: MutNullableDom::default(),
            kept: DomRefCell::default(),
            ready: DomRefCell::default(),
            frozen: HeapValue::default(),
        });
        Ok(reflect_dom_object_with_proto(cx, binding, global, proto))
    }

    fn PassBoolean(&self, _cx: &mut JSContext, x: bool) -> Fallible<bool> {
        Ok(x)
    }
    fn PassByte(&self, _cx: &mut JSContext, x: i8) -> Fallible<i8> {
        Ok(x)
    }
    fn PassOctet(&self, _cx: &mut JSContext, x: u8) -> Fallible<u8> {
        Ok(x)
    }
    fn PassClampedOctet(&self, _cx: &mut JSContext, x: u8) -> Fallible<u8> {
        Ok(x)
    }
    fn PassEnforcedOctet(&self, _cx: &mut JSContext, x: u8) -> Fallible<u8> {
        Ok(x)
    }
    fn PassUnsignedLongLong(&self, _cx: &mut JSContext, x: u64) -> Fallible<u64> {
        Ok(x)
    }
    fn PassEnforcedLongLong(&self, _cx: &mut JSContext, x: i64) -> Fallible<i64> {
        Ok(x)
    }
    fn PassDouble(&self, _cx: &mut JSContext, x: f64) -> Fallible<f64> {
        Ok(x)
    }
    fn PassUnrestrictedDouble(&self, _cx: &mut JSContext, x: f64) -> Fallible<f64> {
        Ok(x)
    }
    fn PassFloat(&self, _cx: &mut JSContext, x: f32) -> Fallible<f32> {
        Ok(x)
    }
    fn PassDOMString(&self, _cx: &mut JSContext, x: DOMString) -> Fallible<DOMString> {
        Ok(x)
    }
    fn PassNullToEmpty(&self, _cx: &mut JSContext, x: DOMString) -> Fallible<DOMString> {
        Ok(x)
    }
    fn PassUSVString(&self, _cx: &mut JSContext, x: USVString) -> Fallible<USVString> {
        Ok(x)
    }
    fn PassByteString(&self, _cx: &mut JSContext, x: ByteString) -> Fallible<ByteString> {
        Ok(x)
    }
    fn PassAny(
        &self,
        _cx: &mut JSContext,
        x: HandleValue<'_>,
        mut rval: MutableHandleValue<'_>,
    ) -> Fallible<()> {
        rval.set(x.get());
        Ok(())
    }
    fn PassObject(
        &self,
        _cx: &mut JSContext,
        x: HandleObject<'_>,
        mut rval: MutableHandleObject<'_>,
    ) -> Fallible<()> {
        rval.set(x.get());
        Ok(())
    }
    fn PassNullableObject(
        &self,
        _cx: &mut JSContext,
        x: HandleObject<'_>,
        mut rval: MutableHandleObject<'_>,
    ) -> Fallible<()> {
        rval.set(x.get());
        Ok(())
    }
    fn PassInterface(&self, _cx: &mut JSContext, x: &TestBase) -> Fallible<DomRoot<TestBase>> {
        Ok(DomRoot::from_ref(x))
    }
    fn PassNullableInterface(
        &self,
        _cx: &mut JSContext,
        x: Option<&TestBase>,
    ) -> Fallible<Option<DomRoot<TestBase>>> {
        Ok(x.map(DomRoot::from_ref))
    }
    fn PassEnum(&self, _cx: &mut JSContext, x: TestEnum) -> Fallible<TestEnum> {
        Ok(x)
    }
    fn PassSequence(&self, _cx: &mut JSContext, x: Vec<i32>) -> Fallible<Vec<i32>> {
        Ok(x)
    }
    fn PassInterfaceSequence(
        &self,
        _cx: &mut JSContext,
        x: Vec<DomRoot<TestBase>>,
    ) -> Fallible<Vec<DomRoot<TestBase>>> {
        Ok(x)
    }
    fn PassRecord(&self, _cx: &mut JSContext, x: Record<DOMString, i32>) -> Fallible<Record<DOMString, i32>> {
        Ok(x)
    }
    fn PassAnyRecord(
        &self,
        _cx: &mut JSContext,
        x: Record<USVString, RootedValue>,
    ) -> Fallible<Record<USVString, RootedValue>> {
        Ok(x)
    }
    fn PassNumberOrString(&self, _cx: &mut JSContext, x: LongOrDOMString) -> Fallible<LongOrDOMString> {
        Ok(x)
    }
    fn DescribeUnion(
        &self,
        _cx: &mut JSContext,
        x: TestBaseOrLongSequenceOrTestDictionaryOrBufferSourceOrBooleanOrDOMString,
    ) -> Fallible<DOMString> {
        use TestBaseOrLongSequenceOrTestDictionaryOrBufferSourceOrBooleanOrDOMString as U;
        Ok(match x {
            U::TestBase(base) => {
                format!("base {}", super::generated::interfaces::TestBaseMethods::Name(&*base)).into()
            }
            U::LongSequence(numbers) => format!("sequence {numbers:?}").into(),
            U::TestDictionary(dictionary) => format!("dictionary {}", dictionary.flag).into(),
            U::BufferSource(buffer) => format!("buffer {:?}", buffer.kind()).into(),
            U::Boolean(value) => format!("boolean {value}").into(),
            U::DOMString(text) => format!("string {text}").into(),
        })
    }
    fn PassNullableLong(&self, _cx: &mut JSContext, x: Option<i32>) -> Fallible<Option<i32>> {
        Ok(x)
    }
    fn PassBuffer(&self, _cx: &mut JSContext, x: &BufferSource) -> Fallible<DOMString> {
        Ok(format!("{:?} {:?}", x.kind(), x.to_vec()).into())
    }
    fn MakeBytes(&self, cx: &mut JSContext, length: i32, mut rval: MutableHandleObject<'_>) -> Fallible<()> {
        let bytes: Vec<u8> = (0..length).map(|byte| byte as u8).collect();
        rval.set(BufferSource::new_uint8_array(cx, &bytes).object().get());
        Ok(())
    }

    fn DescribeDictionary(&self, cx: &mut JSContext, x: &TestDictionary) -> Fallible<DOMString> {
        let called = match &x.function {
            Some(function) => {
                rooted!(&in(cx) let this = mozjs::jsval::UndefinedValue());
                Some(function.call(cx, this.handle(), 5, x.anything.handle())?)
            }
            None => None,
        };
        let name =
            x.object.as_ref().map(|object| super::generated::interfaces::TestBaseMethods::Name(&**object));
        Ok(format!(
            "{} {} {:?} {:?} {:?} null:{} {name:?} {called:?}",
            x.parent.in_parent,
            x.flag,
            x.text,
            x.choice.as_str(),
            x.numbers,
            x.anything.handle().is_null(),
        )
        .into())
    }
    fn DescribeRequired(&self, _cx: &mut JSContext, x: &TestRequired) -> Fallible<DOMString> {
        Ok(x.needed.clone())
    }
    fn MakeDictionary(&self, _cx: &mut JSContext) -> Fallible<TestDictionary> {
        Ok(TestDictionary { text: Some("made".into()), ..TestDictionary::default() })
    }

    fn Optionals(
        &self,
        _cx: &mut JSContext,
        a: i32,
        b: Option<i32>,
        c: i32,
        d: Option<DOMString>,
    ) -> Fallible<DOMString> {
        Ok(format!("{a} {b:?} {c} {d:?}").into())
    }
    fn Variadic(&self, _cx: &mut JSContext, first: DOMString, rest: Vec<i32>) -> Fallible<DOMString> {
        Ok(format!("{first} {rest:?}").into())
    }
    fn Overloaded(&self, _cx: &mut JSContext) -> Fallible<DOMString> {
        Ok("none".into())
    }
    fn Overloaded_(&self, _cx: &mut JSContext, a: i32) -> Fallible<DOMString> {
        Ok(format!("long {a}").into())
    }
    fn Overloaded__(&self, _cx: &mut JSContext, a: DOMString) -> Fallible<DOMString> {
        Ok(format!("string {a}").into())
    }
    fn Overloaded___(&self, _cx: &mut JSContext, _a: &TestBase, b: Option<i32>) -> Fallible<DOMString> {
        Ok(format!("interface {b:?}").into())
    }
    fn Overloaded____(&self, _cx: &mut JSContext, a: DOMString, b: DOMString) -> Fallible<DOMString> {
        Ok(format!("two strings {a} {b}").into())
    }

    fn CallFunction(
        &self,
        cx: &mut JSContext,
        f: &TestFunction,
        value: HandleValue<'_>,
    ) -> Fallible<DOMString> {
        rooted!(&in(cx) let this = object_value(self.reflector().get_jsobject().get()));
        f.call(cx, this.handle(), 21, value)
    }
    fn CallPromiseFunction(&self, cx: &mut JSContext, f: &TestPromiseFunction) -> Fallible<Promise> {
        Ok(f.call(cx, HandleValue::undefined()))
    }
    fn CallInterface(&self, cx: &mut JSContext, c: &TestCallback) -> Fallible<i32> {
        c.call(cx, HandleValue::undefined(), 20)
    }
    fn KeepFunction(&self, _cx: &mut JSContext, f: Option<&TestFunction>) -> Fallible<()> {
        self.kept.set(f.cloned());
        Ok(())
    }
    fn CallKept(&self, cx: &mut JSContext) -> Fallible<DOMString> {
        let kept = self.kept.clone_rooted();
        match &*kept {
            Some(function) => function.call(cx, HandleValue::undefined(), 1, HandleValue::null()),
            None => Err(Error::NotFound("nothing is kept".into())),
        }
    }

    fn Promise(&self, cx: &mut JSContext, x: i32) -> Fallible<Promise> {
        Ok(Promise::resolved(cx, &self.global(), &x))
    }
    fn Failing(&self, _cx: &mut JSContext) -> Fallible<Promise> {
        Err(Error::NotAllowed("it fails".into()))
    }
    fn Wait(&self, cx: &mut JSContext, p: &Promise) -> Fallible<Promise> {
        let result = Promise::new(cx, &self.global());
        p.react(
            cx,
            result.to_heap(),
            |cx, result, value| {
                let number = i32::from_js(cx, value).unwrap_or_default();
                result.root().resolve(cx, &(number * 2));
            },
            |cx, result, reason| result.root().reject_value(cx, reason),
        );
        Ok(result)
    }
    fn Ready(&self, cx: &mut JSContext) -> Promise {
        self.ready(cx)
    }
    fn SettleReady(&self, cx: &mut JSContext, x: i32) -> Fallible<()> {
        self.ready(cx).resolve(cx, &x);
        Ok(())
    }

    fn Flag(&self) -> bool {
        self.flag.get()
    }
    fn SetFlag(&self, _cx: &mut JSContext, value: bool) -> Fallible<()> {
        self.flag.set(value);
        Ok(())
    }
    fn Choice(&self) -> TestEnum {
        self.choice.get()
    }
    fn SetChoice(&self, _cx: &mut JSContext, value: TestEnum) -> Fallible<()> {
        self.choice.set(value);
        Ok(())
    }
    fn Anything(&self, _cx: &mut JSContext, rval: MutableHandleValue<'_>) {
        self.anything.get(rval);
    }
    fn SetAnything(&self, _cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<()> {
        self.anything.set(value);
        Ok(())
    }
    fn GetNullableText(&self) -> Option<DOMString> {
        self.nullable_text.borrow().clone()
    }
    fn SetNullableText(&self, _cx: &mut JSContext, value: Option<DOMString>) -> Fallible<()> {
        self.nullable_text.set(value);
        Ok(())
    }
    fn Same(&self, cx: &mut JSContext) -> DomRoot<TestBase> {
        self.same.or_init(|| TestBase::new(cx, &self.global(), "same"))
    }
    fn Forwards(&self, cx: &mut JSContext) -> DomRoot<TestBase> {
        self.Same(cx)
    }
    fn Lenient(&self) -> i32 {
        5
    }
    fn StaticText(_cx: &mut JSContext, _global: &GlobalScope) -> DOMString {
        "static".into()
    }
    fn Frozen(&self, cx: &mut JSContext, mut rval: MutableHandleValue<'_>) {
        if self.frozen.is_undefined() {
            to_frozen_array(cx, &[DOMString::from("a"), DOMString::from("b")], rval.reborrow());
            self.frozen.set(rval.handle());
        }
        self.frozen.get(rval);
    }
    fn StaticOperation(_cx: &mut JSContext, _global: &GlobalScope, x: i32) -> Fallible<DOMString> {
        Ok(format!("static {x}").into())
    }
    fn Stringifier(&self, _cx: &mut JSContext) -> Fallible<DOMString> {
        Ok("stringified".into())
    }

    fn ThrowTypeError(&self, _cx: &mut JSContext) -> Fallible<()> {
        Err(Error::Type("wrong".into()))
    }
    fn ThrowInvalidState(&self, _cx: &mut JSContext) -> Fallible<()> {
        Err(Error::InvalidState("no state for that".into()))
    }
    fn ThrowQuota(&self, _cx: &mut JSContext) -> Fallible<()> {
        Err(Error::QuotaExceeded { message: "full".into(), quota: Some(1.0), requested: Some(2.0) })
    }
    fn DoPanic(&self, _cx: &mut JSContext) -> Fallible<()> {
        panic!("on purpose")
    }
    fn NotHere(&self, _cx: &mut JSContext) -> Fallible<()> {
        Ok(())
    }
    fn SecureOnly(&self, _cx: &mut JSContext) -> Fallible<()> {
        Ok(())
    }
    fn Unscopable(&self, _cx: &mut JSContext) -> Fallible<()> {
        Ok(())
    }
}
