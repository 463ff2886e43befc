it("a response has a status, a message and headers", () => {
  const response = new Response("x", { status: 201, statusText: "Made", headers: { "X-A": "1" } });
  equal(
    [response.status, response.ok, response.statusText, response.type, response.url, response.redirected],
    [201, true, "Made", "default", "", false],
  );
  equal(response.headers.get("content-type"), "text/plain;charset=UTF-8");
  equal([new Response().body, new Response(null).body, new Response().status], [null, null, 200]);
});

it("statuses, messages and bodies have to fit", () => {
  throws("RangeError", () => new Response("", { status: 199 }));
  throws("RangeError", () => new Response("", { status: 600 }));
  throws("TypeError", () => new Response("", { status: 204 }));
  throws("TypeError", () => new Response("", { statusText: "a\nb" }));
  equal(new Response(null, { status: 304 }).status, 304);
});

it("error(), redirect() and json() make what they say", async () => {
  const error = Response.error();
  equal([error.type, error.status, error.ok], ["error", 0, false]);
  const redirect = Response.redirect("/there", 301);
  equal([redirect.status, redirect.headers.get("location")], [301, new URL("/there", location.href).href]);
  throws("RangeError", () => Response.redirect("/", 200));
  throws("TypeError", () => Response.redirect("http://exa mple/"));
  const json = Response.json({ a: [1] }, { status: 202 });
  equal([json.status, json.headers.get("content-type"), await json.text()], [202, "application/json", '{"a":[1]}']);
  throws("TypeError", () => Response.json(undefined));
  throws("TypeError", () => Response.json({ self: 1n }));
});

it("bodies are read as what is asked for", async () => {
  equal(await new Response("\ufeffé").text(), "é");
  equal((await new Response('{"a":[1,2]}').json()).a, [1, 2]);
  equal(await new Response("ab").bytes(), utf8("ab"));
  equal((await new Response("abc").arrayBuffer()).byteLength, 3);
  const blob = await new Response("abc", { headers: { "Content-Type": "Text/HTML; Charset=utf-8" } }).blob();
  equal([await blob.text(), blob.type], ["abc", "text/html; charset=utf-8".replace("; ", ";")]);
  equal([await new Response().text(), (await new Response().blob()).size], ["", 0]);
  await rejects("SyntaxError", new Response("{").json());
  await rejects("SyntaxError", new Response().json());
});

it("a body is read once, and not while it is locked", async () => {
  const response = new Response("abc");
  const reader = response.body.getReader();
  await rejects("TypeError", response.text());
  ok(!response.bodyUsed);
  reader.releaseLock();
  equal(await response.text(), "abc");
  ok(response.bodyUsed);
  await rejects("TypeError", response.arrayBuffer());
  throws("TypeError", () => response.clone());
});

it("a clone's body is a copy that can be read by itself", async () => {
  const response = new Response("abc", { status: 203, headers: { "X-A": "1" } });
  const clone = response.clone();
  equal([clone.status, clone.headers.get("x-a")], [203, "1"]);
  clone.headers.set("x-a", "2");
  equal([await clone.text(), await response.text(), response.headers.get("x-a")], ["abc", "abc", "1"]);
});

it("a stream as a body is that stream", async () => {
  const stream = new ReadableStream({
    pull(controller) {
      controller.enqueue(utf8("x"));
      controller.close();
    },
  });
  const response = new Response(stream);
  same(response.body, stream);
  equal(response.headers.get("content-type"), null);
  equal(await response.text(), "x");
  throws("TypeError", () => new Response(stream));
});

it("an error of the stream is the error of reading", async () => {
  const mine = new Error("mine");
  const response = new Response(new ReadableStream({ start: (controller) => controller.error(mine) }));
  same(await rejects("Error", response.text()), mine);
  same(await rejects("Error", response.text()), mine);
});
