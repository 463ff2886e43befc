//! The structs of `structured.webidl`, and what structured cloning makes of them.

use super::check;
use super::generated::interfaces::*;
use super::harness::TestAgent;
use crate::dom::html::structured_clone::structured_clone;
use crate::webidl::*;

#[dom_struct]
pub struct TestRecord {
    reflector: Reflector,
    text: DOMString,
}

impl TestRecord {
    fn new_inherited(text: DOMString) -> TestRecord {
        TestRecord { reflector: Reflector::new(), text }
    }
}

impl TestRecordMethods for TestRecord {
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        text: DOMString,
    ) -> Fallible<DomRoot<TestRecord>> {
        Ok(reflect_dom_object_with_proto(cx, Box::new(TestRecord::new_inherited(text)), global, proto))
    }
    fn Text(&self) -> DOMString {
        self.text.clone()
    }
    fn Clone(
        cx: &mut JSContext,
        global: &GlobalScope,
        value: HandleValue<'_>,
        transfer: Vec<RootedObject>,
        rval: MutableHandleValue<'_>,
    ) -> Fallible<()> {
        structured_clone(cx, global, value, &transfer, rval)
    }
    fn Elsewhere(cx: &mut JSContext, global: &GlobalScope) -> Fallible<DomRoot<TestElsewhere>> {
        Ok(reflect_dom_object(cx, Box::new(TestElsewhere { reflector: Reflector::new() }), global))
    }
}

impl Serializable for TestRecord {
    fn serialize(&self) -> Fallible<Box<dyn SerializedObject>> {
        Ok(Box::new(RecordState(self.text.to_string())))
    }
}

struct RecordState(String);

impl SerializedObject for RecordState {
    fn deserialize(&self, cx: &mut JSContext, global: &GlobalScope) -> Fallible<RootedObject> {
        let record = Box::new(TestRecord::new_inherited(self.0.as_str().into()));
        Ok(reflect_dom_object(cx, record, global).reflector().get_jsobject().into())
    }
}

#[dom_struct]
pub struct TestChildRecord {
    record: TestRecord,
}

impl TestChildRecordMethods for TestChildRecord {
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        text: DOMString,
    ) -> Fallible<DomRoot<TestChildRecord>> {
        let record = Box::new(TestChildRecord { record: TestRecord::new_inherited(text) });
        Ok(reflect_dom_object_with_proto(cx, record, global, proto))
    }
}

#[dom_struct]
pub struct TestElsewhere {
    reflector: Reflector,
}

impl TestElsewhereMethods for TestElsewhere {}

impl Serializable for TestElsewhere {
    fn serialize(&self) -> Fallible<Box<dyn SerializedObject>> {
        Ok(Box::new(RecordState("elsewhere".to_owned())))
    }
}

#[dom_struct]
pub struct TestToken {
    reflector: Reflector,
    text: DomRefCell<Option<DOMString>>,
}

impl TestToken {
    fn boxed(text: DOMString) -> Box<TestToken> {
        Box::new(TestToken { reflector: Reflector::new(), text: DomRefCell::new(Some(text)) })
    }
}

impl TestTokenMethods for TestToken {
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        text: DOMString,
    ) -> Fallible<DomRoot<TestToken>> {
        Ok(reflect_dom_object_with_proto(cx, TestToken::boxed(text), global, proto))
    }
    fn GetText(&self) -> Option<DOMString> {
        self.text.borrow().clone()
    }
}

impl Transferable for TestToken {
    fn can_transfer(&self) -> bool {
        self.text.borrow().is_some()
    }
    fn transfer(&self, _cx: &mut JSContext) -> Fallible<Box<dyn TransferDataHolder>> {
        match self.text.borrow_mut().take() {
            Some(text) => Ok(Box::new(TokenState(text.to_string()))),
            None => Err(Error::DataClone("the token is gone".into())),
        }
    }
}

struct TokenState(String);

impl TransferDataHolder for TokenState {
    fn receive(self: Box<Self>, cx: &mut JSContext, global: &GlobalScope) -> Fallible<RootedObject> {
        let token = reflect_dom_object(cx, TestToken::boxed(self.0.as_str().into()), global);
        Ok(token.reflector().get_jsobject().into())
    }
}

#[test]
fn what_is_serializable_is_cloned() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            (
                "globalThis.r = new TestRecord('a'); globalThis.c = TestRecord.clone({ r, again: r }); c.r.text",
                "a",
            ),
            ("[c.r instanceof TestRecord, c.r !== r, c.r === c.again]", "true,true,true"),
            // The interface of the object itself counts.
            (
                "TestRecord.clone(new TestChildRecord('a'))",
                "!DataCloneError: a TestChildRecord can't be cloned",
            ),
            ("TestRecord.clone(new TestToken('a'))", "!DataCloneError: a TestToken can't be cloned"),
            ("TestRecord.clone(TestRecord.elsewhere())", "!DataCloneError: there is no TestElsewhere here"),
        ],
    );
}

#[test]
fn what_is_transferable_is_transferred() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            ("globalThis.t = new TestToken('a'); globalThis.u = TestRecord.clone([t], [t])[0]; u.text", "a"),
            ("[u instanceof TestToken, t.text]", "true,"),
            ("try { TestRecord.clone(t, [t]) } catch (e) { e.name }", "DataCloneError"),
            ("try { TestRecord.clone(0, [new TestRecord('a')]) } catch (e) { e.name }", "DataCloneError"),
        ],
    );
}
