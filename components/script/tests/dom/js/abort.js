it("a new controller's signal is not aborted, and always the same object", () => {
  const controller = new AbortController();
  same(controller.signal, controller.signal);
  equal([controller.signal.aborted, controller.signal.reason], [false, undefined]);
  controller.signal.throwIfAborted();
});

it("abort() gives an AbortError as the reason, unless it is given one", () => {
  const controller = new AbortController();
  controller.abort();
  ok(controller.signal.aborted);
  named(controller.signal.reason, "AbortError");
  ok(controller.signal.reason instanceof DOMException);
  same(throws("AbortError", () => controller.signal.throwIfAborted()), controller.signal.reason);

  const reason = { why: "because" };
  const other = new AbortController();
  other.abort(reason);
  same(other.signal.reason, reason);
});

it("the abort event is fired once, after aborted is true", () => {
  const controller = new AbortController();
  const seen = [];
  controller.signal.onabort = (event) => seen.push(event.type, event.isTrusted, controller.signal.aborted);
  controller.signal.addEventListener("abort", () => seen.push("listener"));
  controller.abort("first");
  controller.abort("second");
  equal(seen, ["abort", true, true, "listener"]);
  equal(controller.signal.reason, "first");
});

it("AbortSignal can't be constructed, AbortSignal.abort() is aborted from the start", () => {
  throws("TypeError", () => new AbortSignal());
  named(AbortSignal.abort().reason, "AbortError");
  equal(AbortSignal.abort(7).reason, 7);
});

it("AbortSignal.timeout() aborts with a TimeoutError", async () => {
  const signal = AbortSignal.timeout(1);
  ok(!signal.aborted);
  await new Promise((resolve) => (signal.onabort = resolve));
  named(signal.reason, "TimeoutError");
  throws("TypeError", () => AbortSignal.timeout(-1));
  throws("TypeError", () => AbortSignal.timeout(Infinity));
});

it("AbortSignal.any() follows the first of its signals, through other dependent signals too", () => {
  const [one, two] = [new AbortController(), new AbortController()];
  const both = AbortSignal.any([one.signal, two.signal]);
  const deeper = AbortSignal.any([both]);
  const order = [];
  two.signal.onabort = () => order.push("two", both.aborted, deeper.aborted);
  both.onabort = () => order.push("both");
  deeper.onabort = () => order.push("deeper");
  two.abort("reason");
  one.abort("too late");
  equal(order, ["two", true, true, "both", "deeper"]);
  equal([both.reason, deeper.reason], ["reason", "reason"]);
});

it("AbortSignal.any() of an aborted signal is aborted, of none it never is", () => {
  equal(AbortSignal.any([new AbortController().signal, AbortSignal.abort(3), AbortSignal.abort(4)]).reason, 3);
  equal(AbortSignal.any([]).aborted, false);
});
