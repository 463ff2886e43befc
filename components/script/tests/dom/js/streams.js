it("chunks come in order, then the end", async () => {
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue("a");
      controller.enqueue("b");
      controller.close();
    },
  });
  equal(await all(stream), ["a", "b"]);
});

it("pull is called when there is room, one call at a time", async () => {
  let pulls = 0;
  let running = 0;
  const stream = new ReadableStream(
    {
      async pull(controller) {
        ok(++running === 1, "one pull at a time");
        await turn();
        controller.enqueue(++pulls);
        running -= 1;
      },
    },
    { highWaterMark: 2 },
  );
  await turn();
  await turn();
  await turn();
  await turn();
  equal(pulls, 2);
  const reader = stream.getReader();
  equal((await reader.read()).value, 1);
  await turn();
  await turn();
  equal(pulls, 3);
});

it("nothing is pulled before it is read where the high water mark is 0", async () => {
  let pulls = 0;
  const stream = new ReadableStream({ pull: (controller) => controller.enqueue(++pulls) }, { highWaterMark: 0 });
  await turn();
  equal(pulls, 0);
  equal((await stream.getReader().read()).value, 1);
  equal(pulls, 1);
});

it("sizes are those of the strategy", () => {
  let controller;
  new ReadableStream(
    { start: (it) => (controller = it) },
    { highWaterMark: 10, size: (chunk) => chunk.length },
  );
  equal(controller.desiredSize, 10);
  controller.enqueue("abc");
  equal(controller.desiredSize, 7);
  controller.enqueue("0123456789");
  equal(controller.desiredSize, -3);
  throws("RangeError", () => new ReadableStream({}, { highWaterMark: -1 }));
  throws("RangeError", () => new ReadableStream({}, { highWaterMark: NaN }));
});

it("a size that throws, or is none, fails the stream", async () => {
  const mine = new Error("mine");
  let controller;
  const stream = new ReadableStream({ start: (it) => (controller = it) }, { size: () => { throw mine; } });
  same(throws("Error", () => controller.enqueue("a")), mine);
  same(await rejects("Error", stream.getReader().read()), mine);
  const other = new ReadableStream({ start: (it) => (controller = it) }, { size: () => -1 });
  throws("RangeError", () => controller.enqueue("a"));
  await rejects("RangeError", other.getReader().closed);
});

it("the built-in strategies count chunks and bytes", () => {
  const count = new CountQueuingStrategy({ highWaterMark: 3 });
  const bytes = new ByteLengthQueuingStrategy({ highWaterMark: 1024 });
  equal([count.highWaterMark, count.size("x"), bytes.highWaterMark], [3, 1, 1024]);
  equal(bytes.size(new Uint8Array(7)), 7);
  same(count.size, new CountQueuingStrategy({ highWaterMark: 1 }).size);
  equal([count.size.name, count.size.length, bytes.size.length], ["size", 0, 1]);
  throws("TypeError", () => bytes.size());
  throws("TypeError", () => new CountQueuingStrategy({}));
});

it("a stream has one reader at a time", async () => {
  const stream = new ReadableStream();
  const reader = stream.getReader();
  ok(stream.locked);
  throws("TypeError", () => stream.getReader());
  throws("TypeError", () => new ReadableStreamDefaultReader(stream));
  await rejects("TypeError", stream.cancel());
  const pending = reader.read();
  reader.releaseLock();
  ok(!stream.locked);
  await rejects("TypeError", pending);
  await rejects("TypeError", reader.closed);
  await rejects("TypeError", reader.read());
  ok(new ReadableStreamDefaultReader(stream) instanceof ReadableStreamDefaultReader);
});

it("cancel() tells the source, and drops what is queued", async () => {
  const seen = [];
  const source = {
    start: (controller) => controller.enqueue("queued"),
    cancel(reason) {
      seen.push(this === source, reason);
      return turn().then(() => seen.push("done"));
    },
  };
  const stream = new ReadableStream(source);
  const reader = stream.getReader();
  equal(await reader.cancel("why"), undefined);
  equal(seen, [true, "why", "done"]);
  equal(await reader.read(), { done: true, value: undefined });
  await reader.closed;
});

it("a source that fails fails the stream", async () => {
  const mine = new Error("mine");
  same(throws("Error", () => new ReadableStream({ start() { throw mine; } })), mine);
  same(await rejects("Error", new ReadableStream({ start: () => Promise.reject(mine) }).getReader().read()), mine);
  same(await rejects("Error", new ReadableStream({ pull() { throw mine; } }).getReader().closed), mine);
  same(await rejects("Error", new ReadableStream({ cancel() { throw mine; } }).cancel()), mine);
});

it("error() reaches everybody who waits", async () => {
  const mine = new Error("mine");
  let controller;
  const stream = new ReadableStream({ start: (it) => (controller = it) });
  const reader = stream.getReader();
  const reads = [reader.read(), reader.read(), reader.closed];
  controller.error(mine);
  for (const read of reads) same(await rejects("Error", read), mine);
  equal(controller.desiredSize, null);
  throws("TypeError", () => controller.enqueue("a"));
  throws("TypeError", () => controller.close());
  controller.error("again");
  same(await rejects("Error", stream.cancel().catch(() => reader.read())), mine);
});

it("close() lets what is queued be read first", async () => {
  let controller;
  const stream = new ReadableStream({ start: (it) => (controller = it) });
  controller.enqueue("a");
  controller.close();
  throws("TypeError", () => controller.enqueue("b"));
  equal([controller.desiredSize, await all(stream)], [0, ["a"]]);
});

it("the source's members are got once, in order, and called on the source", async () => {
  const seen = [];
  const source = {
    get autoAllocateChunkSize() { seen.push("autoAllocateChunkSize"); },
    get cancel() { seen.push("cancel"); },
    get pull() { seen.push("pull"); return function () { seen.push(this === source); }; },
    get start() { seen.push("start"); return function (controller) { seen.push(this === source, controller.constructor.name); }; },
    get type() { seen.push("type"); },
  };
  new ReadableStream(source);
  equal(seen, ["autoAllocateChunkSize", "cancel", "pull", "start", "type", true, "ReadableStreamDefaultController"]);
  await turn();
  equal(seen.pop(), true);
  throws("TypeError", () => new ReadableStream({ type: "other" }));
  throws("TypeError", () => new ReadableStream({ pull: "no function" }));
  throws("TypeError", () => new ReadableStream(null));
});

it("tee() gives two streams of the same chunks, as fast as the faster one reads", async () => {
  const chunk = {};
  let controller;
  const [one, two] = new ReadableStream({ start: (it) => (controller = it) }).tee();
  controller.enqueue(chunk);
  controller.close();
  const [[first], [second]] = [await all(one), await all(two)];
  same(first, chunk);
  same(second, chunk);
});

it("a tee is canceled when both of its branches are", async () => {
  const reasons = [];
  const [one, two] = new ReadableStream({ cancel: (reason) => void reasons.push(reason) }).tee();
  const first = one.cancel("one");
  await turn();
  equal(reasons, []);
  await Promise.all([first, two.cancel("two")]);
  equal(reasons, [["one", "two"]]);
});

it("an error of a tee'd stream reaches both branches", async () => {
  const mine = new Error("mine");
  let controller;
  const [one, two] = new ReadableStream({ start: (it) => (controller = it) }).tee();
  const reads = [one.getReader().read(), two.getReader().closed];
  controller.error(mine);
  for (const read of reads) same(await rejects("Error", read), mine);
});

it("ten thousand queued chunks are read without deep stacks", async () => {
  let controller;
  const stream = new ReadableStream({ start: (it) => (controller = it) });
  for (let i = 0; i < 10000; i++) controller.enqueue(utf8("x"));
  controller.close();
  equal((await new Response(stream).text()).length, 10000);
});

it("streams are iterated asynchronously, and canceled when the loop is left", async () => {
  const seen = [];
  const source = {
    start(controller) {
      for (const chunk of ["a", "b", "c"]) controller.enqueue(chunk);
    },
    cancel: (reason) => void seen.push("canceled", reason),
  };
  const stream = new ReadableStream(source);
  for await (const chunk of stream) {
    ok(stream.locked);
    seen.push(chunk);
    if (chunk === "b") break;
  }
  equal([...seen, stream.locked], ["a", "b", "canceled", undefined, false]);
});

it("values({ preventCancel: true }) leaves the rest to be read", async () => {
  const stream = new ReadableStream({
    start(controller) {
      for (const chunk of ["a", "b"]) controller.enqueue(chunk);
      controller.close();
    },
  });
  for await (const chunk of stream.values({ preventCancel: true })) {
    equal(chunk, "a");
    break;
  }
  equal(await all(stream), ["b"]);
});

it("an asynchronous iterator takes its turns, and ends with the stream", async () => {
  let controller;
  const stream = new ReadableStream({ start: (it) => (controller = it) });
  const iterator = stream[Symbol.asyncIterator]();
  equal(Object.prototype.toString.call(iterator), "[object ReadableStream AsyncIterator]");
  const results = [iterator.next(), iterator.next(), iterator.next()];
  controller.enqueue(1);
  controller.close();
  equal(await Promise.all(results), [
    { value: 1, done: false }, { value: undefined, done: true }, { value: undefined, done: true },
  ]);
  equal(await iterator.return("x"), { value: "x", done: true });
  await rejects("TypeError", iterator.next.call({}));
  throws("TypeError", () => stream.getReader() && stream.values());
});

it("an error of the stream ends its iteration", async () => {
  const mine = new Error("mine");
  const iterator = new ReadableStream({ start: (controller) => controller.error(mine) }).values();
  same(await rejects("Error", iterator.next()), mine);
  equal((await iterator.next()).done, true);
});
