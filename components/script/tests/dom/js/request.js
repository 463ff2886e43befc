it("a request of a string has the defaults of the standard", () => {
  const request = new Request("/path?q#f");
  equal(
    [request.method, request.mode, request.credentials, request.cache, request.redirect, request.referrer],
    ["GET", "cors", "same-origin", "default", "follow", "about:client"],
  );
  equal(
    [request.destination, request.referrerPolicy, request.integrity, request.keepalive, request.duplex],
    ["", "", "", false, "half"],
  );
  equal([request.body, request.bodyUsed, request.signal.aborted], [null, false, false]);
  equal(request.url, new URL("/path?q#f", location.href).href);
  same(request.headers, request.headers);
});

it("what can't be a request is a TypeError", () => {
  for (const [input, init] of [
    ["http://exa mple/"],
    ["https://user:pass@example.com/"],
    ["/", { mode: "navigate" }],
    ["/", { method: "TRACE" }],
    ["/", { method: "A B" }],
    ["/", { mode: "no-cors", method: "PUT" }],
    ["/", { cache: "only-if-cached" }],
    ["/", { body: "x" }],
    ["/", { method: "HEAD", body: "x" }],
    ["/", { window: {} }],
    ["/", { referrer: "http://exa mple/" }],
    ["/", { method: "POST", body: new ReadableStream() }],
    ["/", { method: "POST", body: new ReadableStream(), duplex: "half", keepalive: true }],
    ["/", { method: "POST", body: new ReadableStream(), duplex: "half", mode: "no-cors" }],
    ["/", { redirect: "elsewhere" }],
  ]) {
    throws("TypeError", () => new Request(input, init));
  }
});

it("methods of HTTP are upper-cased, others are not", () => {
  equal(new Request("/", { method: "post" }).method, "POST");
  equal(new Request("/", { method: "patch" }).method, "patch");
});

it("the referrer is a URL of the own origin, none, or the client", () => {
  equal(new Request("/", { referrer: "/page" }).referrer, new URL("/page", location.href).href);
  equal(new Request("/", { referrer: "" }).referrer, "");
  equal(new Request("/", { referrer: "about:client" }).referrer, "about:client");
  equal(new Request("/", { referrer: "https://other.example/" }).referrer, "about:client");
});

it("a body brings its type", async () => {
  const type = (body, headers) => new Request("/", { method: "POST", body, headers }).headers.get("content-type");
  equal(type("text"), "text/plain;charset=UTF-8");
  equal(type(new URLSearchParams("a=b")), "application/x-www-form-urlencoded;charset=UTF-8");
  equal(type(new Blob(["x"], { type: "a/b" })), "a/b");
  equal(type(new Blob(["x"])), null);
  equal(type(new Uint8Array(3)), null);
  equal(type("text", { "Content-Type": "own/type" }), "own/type");
});

it("a body is read once", async () => {
  const request = new Request("/", { method: "POST", body: "abc" });
  ok(request.body instanceof ReadableStream);
  equal(await request.text(), "abc");
  ok(request.bodyUsed);
  await rejects("TypeError", request.text());
  throws("TypeError", () => request.clone());
  throws("TypeError", () => new Request(request));
});

it("a request made of a request takes its body along", async () => {
  const first = new Request("/", { method: "POST", body: "abc", headers: { "X-A": "1" }, cache: "no-store" });
  const second = new Request(first, { headers: { "X-B": "2" } });
  ok(first.bodyUsed);
  equal([second.method, second.cache, second.headers.get("x-a"), second.headers.get("x-b")], ["POST", "no-store", null, "2"]);
  equal(await second.text(), "abc");
  const third = new Request(new Request("/", { method: "POST", body: "abc" }), { body: "own" });
  equal(await third.text(), "own");
});

it("a clone has the same body, and a signal that follows", async () => {
  const controller = new AbortController();
  const request = new Request("/", { method: "POST", body: "abc", signal: controller.signal });
  const clone = request.clone();
  equal([await request.text(), await clone.text()], ["abc", "abc"]);
  controller.abort("reason");
  equal([request.signal.reason, clone.signal.reason], ["reason", "reason"]);
  ok(request.signal !== controller.signal);
});

it("a stream as a body goes through", async () => {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(utf8("one "));
      controller.enqueue(utf8("two"));
      controller.close();
    },
  });
  const request = new Request("/", { method: "POST", body, duplex: "half" });
  same(request.body, body);
  equal(await request.text(), "one two");
  const bad = new Request("/", {
    method: "POST",
    duplex: "half",
    body: new ReadableStream({ start: (controller) => (controller.enqueue("text"), controller.close()) }),
  });
  await rejects("TypeError", bad.text());
});
