const bytes = (...values) => new Uint8Array(values);

it("bytes go to a default reader as they are", async () => {
  let controller;
  const stream = new ReadableStream({ type: "bytes", start: (it) => (controller = it) });
  ok(controller instanceof ReadableByteStreamController);
  const chunk = bytes(1, 2, 3);
  controller.enqueue(chunk.subarray(1));
  equal(chunk.byteLength, 0);
  controller.enqueue(new Uint16Array([0x0403]));
  controller.close();
  equal(await all(stream), [bytes(2, 3), bytes(3, 4)]);
});

it("a BYOB reader gets its own buffer back, filled", async () => {
  const stream = new ReadableStream({
    type: "bytes",
    pull(controller) {
      const view = controller.byobRequest.view;
      equal([view.byteOffset, view.byteLength], [1, 3]);
      view.set([7, 8]);
      controller.byobRequest.respond(2);
    },
  });
  const reader = stream.getReader({ mode: "byob" });
  const mine = new ArrayBuffer(4);
  const { value, done } = await reader.read(new Uint8Array(mine, 1));
  equal([value, done, value.byteOffset, value.buffer.byteLength, mine.byteLength], [bytes(7, 8), false, 1, 4, 0]);
});

it("queued bytes fill the views that are read into, whole elements at a time", async () => {
  let controller;
  const stream = new ReadableStream({ type: "bytes", start: (it) => (controller = it) });
  controller.enqueue(bytes(1, 0, 2));
  const reader = stream.getReader({ mode: "byob" });
  equal((await reader.read(new Uint16Array(4))).value, new Uint16Array([1]));
  const next = reader.read(new Uint16Array(1));
  controller.enqueue(bytes(0, 9));
  equal((await next).value, new Uint16Array([2]));
  const last = reader.read(new Uint8Array(5));
  equal((await last).value, bytes(9));
});

it("min waits for so many elements, or for the end", async () => {
  let controller;
  const stream = new ReadableStream({ type: "bytes", start: (it) => (controller = it) });
  const reader = stream.getReader({ mode: "byob" });
  const read = reader.read(new Uint8Array(4), { min: 3 });
  controller.enqueue(bytes(1));
  controller.enqueue(bytes(2, 3));
  equal((await read).value, bytes(1, 2, 3));
  const rest = reader.read(new Uint8Array(4), { min: 3 });
  controller.enqueue(bytes(4));
  controller.close();
  controller.byobRequest.respond(0);
  equal(await rest, { done: true, value: bytes(4) });
  await rejects("TypeError", reader.read(new Uint8Array(1), { min: 0 }));
  await rejects("RangeError", reader.read(new Uint8Array(1), { min: 2 }));
});

it("at the end the buffer comes back empty, when canceled it does not", async () => {
  let controller;
  const stream = new ReadableStream({ type: "bytes", start: (it) => (controller = it) });
  const reader = stream.getReader({ mode: "byob" });
  const read = reader.read(new Uint8Array(3));
  controller.close();
  controller.byobRequest.respond(0);
  const { value, done } = await read;
  equal([value, done, value.buffer.byteLength], [bytes(), true, 3]);
  equal((await reader.read(new Uint8Array(3))).done, true);

  const other = new ReadableStream({ type: "bytes" }).getReader({ mode: "byob" });
  const pending = other.read(new Uint8Array(3));
  await other.cancel();
  equal(await pending, { done: true, value: undefined });
});

it("autoAllocateChunkSize gives the source a buffer for default readers", async () => {
  const stream = new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: 16,
    pull(controller) {
      equal(controller.byobRequest.view.byteLength, 16);
      controller.byobRequest.view[0] = 5;
      controller.byobRequest.respond(1);
    },
  });
  equal((await stream.getReader().read()).value, bytes(5));
  throws("TypeError", () => new ReadableStream({ type: "bytes", autoAllocateChunkSize: 0 }));
});

it("requests are answered with what fits, once", async () => {
  let request;
  const stream = new ReadableStream({
    type: "bytes",
    pull(controller) {
      request = controller.byobRequest;
      throws("TypeError", () => request.respond(0));
      throws("RangeError", () => request.respond(3));
      throws("RangeError", () => request.respondWithNewView(new Uint8Array(1)));
      request.respondWithNewView(request.view.subarray(0, 1));
    },
  });
  const reader = stream.getReader({ mode: "byob" });
  equal((await reader.read(new Uint8Array(2))).value, bytes(0));
  equal(request.view, null);
  throws("TypeError", () => request.respond(1));
});

it("empty and detached views can't be read into or enqueued", async () => {
  let controller;
  const stream = new ReadableStream({ type: "bytes", start: (it) => (controller = it) });
  const reader = stream.getReader({ mode: "byob" });
  await rejects("TypeError", reader.read(new Uint8Array(0)));
  const gone = new Uint8Array(1);
  structuredClone(gone, { transfer: [gone.buffer] });
  await rejects("TypeError", reader.read(gone));
  throws("TypeError", () => controller.enqueue(new Uint8Array(0)));
  throws("TypeError", () => controller.enqueue(gone));
  throws("TypeError", () => controller.enqueue("text"));
});

it("default streams have no BYOB readers, byte streams no sizes", () => {
  throws("TypeError", () => new ReadableStream().getReader({ mode: "byob" }));
  throws("RangeError", () => new ReadableStream({ type: "bytes" }, { size: () => 1 }));
});

it("bytes that were filled for a released reader go to the next one", async () => {
  let controller;
  const stream = new ReadableStream({ type: "bytes", start: (it) => (controller = it) });
  const first = stream.getReader({ mode: "byob" });
  const pending = first.read(new Uint8Array(4));
  const request = controller.byobRequest;
  first.releaseLock();
  await rejects("TypeError", pending);
  request.view.set([1, 2]);
  request.respond(2);
  equal((await stream.getReader().read()).value, bytes(1, 2));
});

it("both branches of a byte stream's tee have bytes of their own", async () => {
  let controller;
  const stream = new ReadableStream({ type: "bytes", start: (it) => (controller = it) });
  const [one, two] = stream.tee();
  const reading = [one.getReader().read(), two.getReader({ mode: "byob" }).read(new Uint8Array(8))];
  controller.enqueue(bytes(1, 2));
  const [first, second] = await Promise.all(reading);
  equal([first.value, second.value], [bytes(1, 2), bytes(1, 2)]);
  ok(first.value.buffer !== second.value.buffer);
});

it("a tee reads into the buffer of its BYOB branch", async () => {
  let size;
  const stream = new ReadableStream({
    type: "bytes",
    pull(controller) {
      size = controller.byobRequest.view.byteLength;
      controller.byobRequest.view[0] = 9;
      controller.byobRequest.respond(1);
    },
  });
  const [one, two] = stream.tee();
  equal((await one.getReader({ mode: "byob" }).read(new Uint8Array(12))).value, bytes(9));
  equal([size, (await two.getReader().read()).value], [12, bytes(9)]);
});
