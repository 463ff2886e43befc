//! Values on their way between JavaScript and Rust.

use super::check;
use super::harness::TestAgent;

const SET_UP: (&str, &str) = ("globalThis.b = new TestBinding(); ''", "");

#[test]
fn numbers_are_brought_into_range_as_their_type_says() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            ("b.passByte(128)", "-128"),
            ("b.passOctet(-1)", "255"),
            ("b.passOctet(256.9)", "0"),
            ("b.passOctet('0x10')", "16"),
            ("b.passOctet(NaN)", "0"),
            ("b.passClampedOctet(300)", "255"),
            ("b.passClampedOctet(-3)", "0"),
            ("b.passClampedOctet(1.5)", "2"),
            ("b.passClampedOctet(2.5)", "2"),
            ("b.passClampedOctet(NaN)", "0"),
            ("b.passEnforcedOctet(255.9)", "255"),
            ("b.passEnforcedOctet(-0.5)", "0"),
            (
                "b.passEnforcedOctet(256)",
                "!TypeError: TestBinding.passEnforcedOctet: Argument 1 is 256, out of the range of u8",
            ),
            (
                "b.passEnforcedOctet(NaN)",
                "!TypeError: TestBinding.passEnforcedOctet: Argument 1 is NaN, not a finite number",
            ),
            ("b.passUnsignedLongLong(-1)", "18446744073709552000"),
            (
                "b.passEnforcedLongLong(2 ** 53)",
                "!TypeError: TestBinding.passEnforcedLongLong: Argument 1 is 9007199254740992, out of the range of i64",
            ),
            ("b.passDouble(1.25)", "1.25"),
            (
                "b.passDouble(Infinity)",
                "!TypeError: TestBinding.passDouble: Argument 1 is not a finite floating-point value",
            ),
            ("b.passUnrestrictedDouble(-Infinity)", "-Infinity"),
            (
                "b.passFloat(1e300)",
                "!TypeError: TestBinding.passFloat: Argument 1 is not a finite floating-point value",
            ),
            ("b.passFloat(0.1) === Math.fround(0.1)", "true"),
            ("b.passBoolean('')", "false"),
            ("b.passBoolean({})", "true"),
            ("b.passOctet(1n)", "!TypeError: can't convert BigInt to number"),
            ("b.passOctet({ valueOf() { throw 'x' } })", "!x"),
            ("b.passNullableLong(null) === null && b.passNullableLong(undefined) === null", "true"),
            ("b.passNullableLong('7')", "7"),
        ],
    );
}

#[test]
fn strings_keep_what_their_type_can_hold() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            ("b.passDOMString(null)", "null"),
            ("b.passDOMString('aä€𝒳')", "aä€𝒳"),
            ("b.passDOMString('a\\ud800b') === 'a\\ud800b'", "true"),
            ("b.passDOMString('') === ''", "true"),
            ("b.passUSVString('a\\ud800b') === 'a\\ufffdb'", "true"),
            ("b.passByteString('\\x00\\xff') === '\\x00\\xff'", "true"),
            (
                "b.passByteString('\\u0100')",
                "!TypeError: TestBinding.passByteString: Argument 1 has a character above U+00FF",
            ),
            ("b.passNullToEmpty(null) === ''", "true"),
            ("b.passNullToEmpty(undefined)", "undefined"),
            ("b.passDOMString(Symbol())", "!TypeError: can't convert symbol to string"),
            ("b.passDOMString({ toString() { return 'called' } })", "called"),
        ],
    );
}

#[test]
fn objects_keep_their_identity() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            ("const o = {}; b.passAny(o) === o && b.passObject(o) === o", "true"),
            ("b.passAny(undefined)", "undefined"),
            ("b.passAny(5)", "5"),
            ("b.passObject(5)", "!TypeError: TestBinding.passObject: Argument 1 is not an object"),
            ("b.passNullableObject(null)", "null"),
            ("b.passNullableObject(undefined)", "null"),
            ("const base = new TestBase(); b.passInterface(base) === base", "true"),
            ("const derived = new TestDerived('d', 2); b.passInterface(derived) === derived", "true"),
            (
                "b.passInterface({})",
                "!TypeError: TestBinding.passInterface: Argument 1 does not implement interface TestBase",
            ),
            ("b.passInterface(null)", "!TypeError: TestBinding.passInterface: Argument 1 is not an object"),
            ("b.passNullableInterface(null)", "null"),
            ("b.passNullableInterface(base) === base", "true"),
            (
                "b.passNullableInterface(5)",
                "!TypeError: TestBinding.passNullableInterface: Argument 1 is not an object",
            ),
            ("new TestBase().kind + ' ' + new TestDerived('d', 2).kind", "base derived"),
        ],
    );
}

#[test]
fn enumerations_take_their_values_alone() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            ("b.passEnum('two-three')", "two-three"),
            ("b.passEnum('')", ""),
            (
                "b.passEnum('four')",
                "!TypeError: TestBinding.passEnum: Argument 1 'four' is not a valid value for enumeration TestEnum",
            ),
            ("b.choice = 'two-three'; b.choice", "two-three"),
            ("b.choice = 'four'; b.choice", "two-three"),
        ],
    );
}

#[test]
fn sequences_and_records_are_copied() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            ("JSON.stringify(b.passSequence([1, '2', 3.9]))", "[1,2,3]"),
            ("JSON.stringify(b.passSequence(new Set([4, 5])))", "[4,5]"),
            (
                "b.passSequence('12')",
                "!TypeError: TestBinding.passSequence: Argument 1 can't be converted to a sequence",
            ),
            (
                "b.passSequence({})",
                "!TypeError: TestBinding.passSequence: Argument 1 can't be converted to a sequence",
            ),
            ("const base = new TestBase(); b.passInterfaceSequence([base])[0] === base", "true"),
            (
                "b.passInterfaceSequence([{}])",
                "!TypeError: TestBinding.passInterfaceSequence: Argument 1 element 0 does not implement interface TestBase",
            ),
            ("JSON.stringify(b.passRecord({ b: 1, a: '2' }))", r#"{"b":1,"a":2}"#),
            ("JSON.stringify(b.passRecord(Object.create({ inherited: 1 }, { hidden: { value: 1 } })))", "{}"),
            ("b.passRecord(null)", "!TypeError: TestBinding.passRecord: Argument 1 is not an object"),
            ("b.passRecord({ [Symbol()]: 1 })", "!TypeError: can't convert symbol to string"),
            ("Object.keys(b.passAnyRecord({ '\\ud800': 1, '\\ufffd': 2 })).length", "1"),
            ("const a = {}; b.passAnyRecord({ x: a }).x === a", "true"),
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
            ("b.passNumberOrString(5) === 5", "true"),
            ("b.passNumberOrString('5') === '5'", "true"),
            ("b.passNumberOrString({}) === '[object Object]'", "true"),
            ("b.describeUnion(null)", "dictionary true"),
            ("b.describeUnion(undefined)", "dictionary true"),
            ("b.describeUnion(new TestBase('x'))", "base x"),
            ("b.describeUnion([1, 2])", "sequence [1, 2]"),
            ("b.describeUnion({ flag: false })", "dictionary false"),
            ("b.describeUnion(new ArrayBuffer(1))", "buffer ArrayBuffer"),
            ("b.describeUnion(new Float32Array(1))", "buffer Float32Array"),
            ("b.describeUnion(true)", "boolean true"),
            ("b.describeUnion(12)", "string 12"),
            ("b.describeUnion(() => 1)", "dictionary true"),
        ],
    );
}

#[test]
fn buffers_are_read_and_made() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            ("b.passBuffer(new Uint8Array([1, 2, 3]).subarray(1))", "Uint8Array [2, 3]"),
            ("b.passBuffer(new DataView(new Uint8Array([7]).buffer))", "DataView [7]"),
            ("b.passBuffer(new Uint8Array([9]).buffer)", "ArrayBuffer [9]"),
            (
                "b.passBuffer([1])",
                "!TypeError: TestBinding.passBuffer: Argument 1 is not a buffer of the right class",
            ),
            (
                "b.passBuffer(new ArrayBuffer(1, { maxByteLength: 2 }))",
                "!TypeError: TestBinding.passBuffer: Argument 1 is a resizable buffer, which is not allowed here",
            ),
            ("const bytes = b.makeBytes(3); bytes instanceof Uint8Array && bytes.join()", "0,1,2"),
        ],
    );
}

#[test]
fn dictionaries_have_defaults_and_are_read_in_order() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            ("b.describeDictionary()", r#"7 true None "one" [] null:true None None"#),
            ("b.describeDictionary(null)", r#"7 true None "one" [] null:true None None"#),
            (
                "b.describeDictionary({ flag: 0, text: 5, choice: '', numbers: [1], inParent: 3, object: new TestBase('o') })",
                r#"3 false Some("5") "" [1] null:true Some("o") None"#,
            ),
            (
                "b.describeDictionary({ function: (n, v) => n + ':' + v, anything: 'v' })",
                r#"7 true None "one" [] null:false None Some("5:v")"#,
            ),
            (
                "b.describeDictionary(5)",
                "!TypeError: TestBinding.describeDictionary: Argument 1 can't be converted to the dictionary TestDictionary",
            ),
            (
                "b.describeDictionary({ object: {} })",
                "!TypeError: TestBinding.describeDictionary: Argument 1 member 'object' of TestDictionary does not implement interface TestBase",
            ),
            (
                "b.describeRequired({})",
                "!TypeError: TestBinding.describeRequired: Argument 1 lacks the required member 'needed' of TestRequired",
            ),
            ("b.describeRequired({ needed: 1 })", "1"),
            (
                "const seen = []; b.describeDictionary(new Proxy({}, { get(_, name) { seen.push(name) } })); seen.join()",
                "inParent,anything,choice,flag,function,numbers,object,text",
            ),
            (
                "JSON.stringify(b.makeDictionary())",
                r#"{"inParent":7,"anything":null,"choice":"one","flag":true,"numbers":[],"text":"made"}"#,
            ),
        ],
    );
}

#[test]
fn strings_of_every_length_and_shape_come_back_as_they_were() {
    let agent = TestAgent::start();
    check(
        &agent,
        &[
            SET_UP,
            (
                "globalThis.odd = []; globalThis.pass = (s, bytes) => {
                     for (const f of ['passDOMString', 'passUSVString', ...bytes ? ['passByteString'] : []])
                         if (b[f](s) !== s) odd.push([f, s]) }
                 for (const n of [0, 1, 15, 16, 22, 23, 24, 25, 26, 63, 64, 65, 1000, 100000])
                     for (const c of ['a', '\\0', '\\x7f', '\\xe9', '\\u20ac', '\\u{1f600}']) pass(c.repeat(n), c < '\\u0100');
                 odd.join()",
                "",
            ),
            // Not in one piece, parts of others, numbers, and keys.
            (
                "for (let i = 0; i < 40; i++) {
                     let s = ''; for (let j = 0; j < i; j++) s += String.fromCharCode(97 + j % 26) + 'x';
                     pass(s, true); pass(s.slice(1), true); pass(s.slice(0, -1) + '\\u20ac', false);
                     pass(String(i * 12345.5), true); pass(Object.keys({ ['key' + s]: 1 })[0], true) }
                 odd.join()",
                "",
            ),
            (
                "b.passByteString('x'.repeat(30) + '\\u0100')",
                "!TypeError: TestBinding.passByteString: Argument 1 has a character above U+00FF",
            ),
            ("b.passDOMString('\\ud800' + 'x'.repeat(30)) === '\\ud800' + 'x'.repeat(30)", "true"),
            ("b.passUSVString('\\ud800' + 'x'.repeat(30)) === '\\ufffd' + 'x'.repeat(30)", "true"),
        ],
    );
}
