it("a blob is made of strings, buffers and blobs", async () => {
  const blob = new Blob(["aé", new Uint8Array([1, 2]), new Blob(["x"]), utf8("yz").buffer], { type: "Text/Plain" });
  equal([blob.size, blob.type], [8, "text/plain"]);
  equal(await blob.bytes(), new Uint8Array([97, 195, 169, 1, 2, 120, 121, 122]));
  equal([new Blob().size, new Blob().type], [0, ""]);
  throws("TypeError", () => new Blob("not a sequence"));
});

it("its contents are read as text, as a buffer, as bytes and as a stream", async () => {
  const blob = new Blob(["\ufeffhé"]);
  equal(await blob.text(), "hé");
  ok((await blob.arrayBuffer()) instanceof ArrayBuffer);
  equal((await blob.arrayBuffer()).byteLength, 6);
  equal(await all(blob.stream()), [utf8("\ufeffhé")]);
  equal(await all(new Blob().stream()), []);
});

it("a slice is counted from either end and has a type of its own", async () => {
  const blob = new Blob(["0123456789"], { type: "a/b" });
  equal(await blob.slice(2, 5).text(), "234");
  equal(await blob.slice(-3).text(), "789");
  equal(await blob.slice(-30, -8, "C/D").text(), "01");
  equal([blob.slice().type, blob.slice(0, 1, "C/D").type, blob.slice(5, 2).size], ["", "c/d", 0]);
});

it("types with other characters are dropped, native line endings are line feeds", async () => {
  equal(new Blob([], { type: "a/é" }).type, "");
  equal(await new Blob(["a\r\nb\rc"], { endings: "native" }).text(), "a\nb\nc");
  equal(await new Blob(["a\r\nb"]).text(), "a\r\nb");
  throws("TypeError", () => new Blob([], { endings: "other" }));
});

it("a blob's stream can be read into buffers of one's own", async () => {
  const reader = new Blob(["abc"]).stream().getReader({ mode: "byob" });
  const { value, done } = await reader.read(new Uint8Array(2));
  equal([value, done], [utf8("ab"), false]);
  equal((await reader.read(new Uint8Array(2))).value, utf8("c"));
  ok((await reader.read(new Uint8Array(2))).done);
});

it("blobs are cloned by structuredClone()", async () => {
  const { inside } = structuredClone({ inside: new Blob(["abc"], { type: "x/y" }) });
  ok(inside instanceof Blob);
  equal([await inside.text(), inside.type], ["abc", "x/y"]);
});
