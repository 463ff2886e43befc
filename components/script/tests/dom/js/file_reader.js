const types = ["loadstart", "progress", "load", "abort", "error", "loadend"];

// Reads, and lists the events until the last one.
function events(blob, read, then = () => {}) {
  return new Promise((resolve) => {
    const reader = new FileReader();
    const seen = [];
    for (const type of types) {
      reader["on" + type] = (event) => {
        ok(event instanceof ProgressEvent && !event.bubbles && !event.cancelable);
        seen.push([type, reader.readyState, event.loaded, event.total, event.lengthComputable].join(" "));
        then(type, reader);
        if (type === "loadend") setTimeout(() => resolve({ reader, seen }));
      };
    }
    read(reader, blob);
  });
}

it("a reader says how far it is", async () => {
  const { reader, seen } = await events(new Blob(["abc"]), (reader, blob) => {
    equal(reader.readyState, FileReader.EMPTY);
    same(reader.readAsText(blob), undefined);
    equal([reader.readyState, reader.result, reader.error], [FileReader.LOADING, null, null]);
  });
  equal(seen, ["loadstart 1 0 3 true", "progress 1 3 3 true", "load 2 3 3 true", "loadend 2 3 3 true"]);
  equal(reader.result, "abc");
});

it("an empty blob has no progress", async () => {
  const { seen } = await events(new Blob(), (reader, blob) => reader.readAsText(blob));
  equal(seen, ["loadstart 1 0 0 false", "load 2 0 0 false", "loadend 2 0 0 false"]);
});

it("bytes become a buffer, text, a binary string or a data URL", async () => {
  const blob = new Blob([new Uint8Array([0xe4, 0x00])], { type: "text/plain;charset=latin1" });
  const result = async (method, ...args) =>
    (await events(blob, (reader, blob) => reader[method](blob, ...args))).reader.result;
  const buffer = await result("readAsArrayBuffer");
  equal(new Uint8Array(buffer), new Uint8Array([0xe4, 0x00]));
  equal(await result("readAsText"), "ä\0");
  equal(await result("readAsText", "utf-16le"), "ä");
  equal(await result("readAsBinaryString"), "\xe4\0");
  equal(await result("readAsDataURL"), "data:text/plain;charset=latin1;base64,5AA=");
});

it("a reader reads one blob at a time", () => {
  const reader = new FileReader();
  reader.readAsText(new Blob(["a"]));
  throws("InvalidStateError", () => reader.readAsText(new Blob(["b"])));
  throws("TypeError", () => reader.readAsText("b"));
  reader.abort();
});

it("a read that is aborted says so and nothing more", async () => {
  const { reader, seen } = await events(new Blob(["abc"]), (reader, blob) => {
    reader.readAsText(blob);
    reader.abort();
  });
  equal(seen.map((line) => line.slice(0, 7)), ["abort 2", "loadend"]);
  equal(reader.result, null);
  reader.abort();
  equal(reader.readyState, 2);
});

it("where another read begins the first one has no end", async () => {
  let begun = false;
  const { seen } = await events(
    new Blob(["abc"]),
    (reader, blob) => reader.readAsText(blob),
    (type, reader) => {
      if (type === "load" && !begun) {
        begun = true;
        reader.readAsText(new Blob());
      }
    },
  );
  equal(seen.map((line) => line.split(" ")[0]), ["loadstart", "progress", "load", "loadstart", "load", "loadend"]);
});

it("progress events are made by script, too", () => {
  const event = new ProgressEvent("x", { lengthComputable: true, loaded: 0.5, total: 1, bubbles: true });
  equal([event.type, event.lengthComputable, event.loaded, event.total, event.bubbles], ["x", true, 0.5, 1, true]);
});
