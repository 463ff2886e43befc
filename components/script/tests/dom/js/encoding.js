it("text is encoded as UTF-8", () => {
  equal(new TextEncoder().encoding, "utf-8");
  equal(new TextEncoder().encode("aé€😀"), new Uint8Array([97, 195, 169, 226, 130, 172, 240, 159, 152, 128]));
  equal(new TextEncoder().encode(), new Uint8Array());
  equal(new TextEncoder().encode("\ud800"), new Uint8Array([0xef, 0xbf, 0xbd]));
});

it("encodeInto() writes whole characters into the room that there is", () => {
  const room = new Uint8Array(6);
  const { read, written } = new TextEncoder().encodeInto("a😀é", room.subarray(1));
  equal([read, written], [3, 5]);
  equal(room, new Uint8Array([0, 97, 240, 159, 152, 128]));
});

it("a decoder knows its encoding by any of its labels", () => {
  equal(new TextDecoder().encoding, "utf-8");
  equal(new TextDecoder(" LATIN1 ").encoding, "windows-1252");
  equal(new TextDecoder("sjis").encoding, "shift_jis");
  throws("RangeError", () => new TextDecoder("klingon"));
  throws("RangeError", () => new TextDecoder("replacement"));
});

it("what is malformed is replaced, or refused where the decoder is fatal", () => {
  const bytes = new Uint8Array([0x61, 0xff, 0x62]);
  equal(new TextDecoder().decode(bytes), "a\ufffdb");
  const fatal = new TextDecoder("utf-8", { fatal: true });
  equal([fatal.fatal, fatal.ignoreBOM], [true, false]);
  throws("TypeError", () => fatal.decode(bytes));
  equal(fatal.decode(new Uint8Array([0x61])), "a");
});

it("characters may be cut between calls with stream: true", () => {
  const decoder = new TextDecoder();
  const bytes = utf8("€uro");
  equal(decoder.decode(bytes.subarray(0, 2), { stream: true }), "");
  equal(decoder.decode(bytes.subarray(2)), "€uro");
  equal(decoder.decode(bytes.subarray(0, 2)), "\ufffd");
});

it("a byte order mark is removed unless it is to be ignored", () => {
  const bytes = new Uint8Array([0xef, 0xbb, 0xbf, 0x61]);
  equal(new TextDecoder().decode(bytes), "a");
  equal(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes), "\ufeffa");
});

it("buffers and all views of them are decoded", () => {
  const { buffer } = utf8("abcd");
  equal(new TextDecoder().decode(buffer), "abcd");
  equal(new TextDecoder().decode(new DataView(buffer, 1, 2)), "bc");
  equal(new TextDecoder().decode(new Uint16Array(buffer, 2)), "cd");
  equal(new TextDecoder().decode(), "");
});
