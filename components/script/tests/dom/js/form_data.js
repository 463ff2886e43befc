const list = (form) => [...form].map(([name, value]) => [name, value instanceof File ? value.name : value]);

it("entries are appended, replaced, found and deleted", () => {
  const form = new FormData();
  for (const [name, value] of ["a1", "b2", "a3", "c4", "a5"]) form.append(name, value);
  equal(list(form), [["a", "1"], ["b", "2"], ["a", "3"], ["c", "4"], ["a", "5"]]);
  equal([form.get("a"), form.getAll("a"), form.get("x"), form.getAll("x")], ["1", ["1", "3", "5"], null, []]);
  form.set("a", "6");
  form.set("d", "7");
  form.delete("b");
  equal(list(form), [["a", "6"], ["c", "4"], ["d", "7"]]);
  equal([form.has("a"), form.has("b")], [true, false]);
  throws("TypeError", () => form.append("a"));
  throws("TypeError", () => form.append("a", "b", "name"));
});

it("blobs become files", () => {
  const form = new FormData();
  const file = new File(["x"], "f", { type: "a/b", lastModified: 5 });
  form.append("blob", new Blob(["y"], { type: "c/d" }));
  form.append("named", new Blob(), "n");
  form.append("file", file);
  form.set("renamed", file, "r");
  equal(list(form), [["blob", "blob"], ["named", "n"], ["file", "f"], ["renamed", "r"]]);
  equal([form.get("blob").type, form.get("renamed").type, form.get("renamed").lastModified], ["c/d", "a/b", 5]);
  same(form.get("file"), file);
});

it("a form is a body that can be read as a form again", async () => {
  const form = new FormData();
  form.append('a"\n', "1\n2");
  form.append("f", new File([new Uint8Array([13, 10, 0, 255])], "ä", { type: "x/y" }));
  const response = new Response(form);
  ok(/^multipart\/form-data; boundary=----\S+$/.test(response.headers.get("Content-Type")));
  const copy = await response.clone().formData();
  equal(list(copy), [['a"\r\n', "1\r\n2"], ["f", "ä"]]);
  equal([copy.get("f").type, await copy.get("f").bytes()], ["x/y", new Uint8Array([13, 10, 0, 255])]);
  ok((await response.text()).includes('name="a%22%0D%0A"'));
});

it("a form is copied when it becomes a body", async () => {
  const form = new FormData();
  form.set("a", "1");
  const request = new Request("/", { method: "POST", body: form });
  form.set("a", "2");
  equal((await request.formData()).get("a"), "1");
});

it("bodies that were encoded like URLs are forms", async () => {
  equal(list(await new Response(new URLSearchParams("a=%26&b=c+d")).formData()), [["a", "&"], ["b", "c d"]]);
});

it("other bodies are none", async () => {
  await rejects("TypeError", new Response("a=b").formData());
  await rejects("TypeError", new Response().formData());
  const headers = (type) => ({ headers: { "Content-Type": type } });
  await rejects("TypeError", new Response("--B--", headers("multipart/form-data")).formData());
  await rejects("TypeError", new Response("nonsense", headers("multipart/form-data; boundary=B")).formData());
  equal(list(await new Response("--B--", headers("multipart/form-data; boundary=B")).formData()), []);
});

it("what is sent has a length", async () => {
  const form = new FormData();
  form.append("f", new Blob(["x".repeat(1e6)]));
  const response = await fetch("/echo", { method: "POST", body: form });
  const text = await response.text();
  ok(text.length > 1e6 && text.startsWith("------"), text.slice(0, 99));
});
