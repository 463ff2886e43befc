it("a file is a blob with a name and a time", async () => {
  const file = new File(["a", new Blob(["b"])], "n\ud800/x", { type: "Text/Plain", lastModified: 42 });
  ok(file instanceof Blob);
  equal([file.name, file.lastModified, file.type, file.size], ["n\ufffd/x", 42, "text/plain", 2]);
  equal(await file.text(), "ab");
  ok(!(file.slice(0, 1) instanceof File));
  equal(new File([], "", { lastModified: new Date(7) }).lastModified, 7);
  throws("TypeError", () => new File([]));
});

it("without a time it is of now", () => {
  const before = Date.now();
  const { lastModified } = new File([], "x");
  ok(before <= lastModified && lastModified <= Date.now());
});

it("files are cloned with all that they have", async () => {
  class Special extends File {}
  const copy = structuredClone(new Special(["abc"], "x", { type: "a/b", lastModified: -1 }));
  same(Object.getPrototypeOf(copy), File.prototype);
  equal([copy.name, copy.lastModified, copy.type, await copy.text()], ["x", -1, "a/b", "abc"]);
});
