// Times calls across the binding: the best of several rounds, in nanoseconds per call, as one line of JSON.
"use strict";

const signal = new AbortController().signal;
const blob = new Blob(["some text"]);
const event = new Event("something");
const url = new URL("https://example.org/some/path?a=1&b=2#there");
const request = new Request("https://example.org/");
const headers = new Headers({ "content-type": "text/plain", accept: "*/*" });
const params = new URLSearchParams("a=1&b=2&c=3");
const target = new EventTarget();
target.addEventListener("something", () => {});
const reader = new ReadableStream({ start: controller => controller.close() }).getReader();
const listener = () => {};
let sink;

// Name, how often it is called in a round, what is called.
const BENCHES = [
    ["boolean getter (signal.aborted)", 1e6, n => { for (let i = 0; i < n; i++) sink = signal.aborted; }],
    ["number getter (blob.size)", 1e6, n => { for (let i = 0; i < n; i++) sink = blob.size; }],
    ["constant string (event.type)", 1e6, n => { for (let i = 0; i < n; i++) sink = event.type; }],
    ["computed string (url.href)", 3e5, n => { for (let i = 0; i < n; i++) sink = url.href; }],
    ["object (request.headers)", 1e6, n => { for (let i = 0; i < n; i++) sink = request.headers; }],
    ["string to string (headers.get)", 2e5, n => { for (let i = 0; i < n; i++) sink = headers.get("accept"); }],
    ["string to boolean (params.has)", 2e5, n => { for (let i = 0; i < n; i++) sink = params.has("b"); }],
    ["constructor (new Event)", 5e4, n => { for (let i = 0; i < n; i++) sink = new Event("a"); }],
    ["with a dictionary", 5e4, n => { for (let i = 0; i < n; i++) sink = new Event("a", { bubbles: true }); }],
    ["with a record (new Headers)", 2e4, n => { for (let i = 0; i < n; i++) sink = new Headers({ a: "1", b: "2" }); }],
    ["dispatch to one listener", 5e4, n => { for (let i = 0; i < n; i++) sink = target.dispatchEvent(event); }],
    ["add and remove a listener", 5e4, n => {
        for (let i = 0; i < n; i++) {
            target.addEventListener("other", listener);
            target.removeEventListener("other", listener);
        }
    }],
    ["promise (reader.read, at the end)", 2e4, n => { for (let i = 0; i < n; i++) sink = reader.read(); }],
];

const ROUNDS = 12;
const results = {};
for (const [name, count, run] of BENCHES) {
    let best = Infinity;
    for (let round = 0; round < ROUNDS; round++) {
        const start = performance.now();
        run(count);
        best = Math.min(best, (performance.now() - start) * 1e6 / count);
    }
    results[name] = Math.round(best * 10) / 10;
}
const line = JSON.stringify(results);
document.getElementById("result").textContent = line;
console.log(line);
