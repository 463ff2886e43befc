// What the snippets in this folder are written with. Each file is run in one page; `it` adds a behaviour, and
// `run` (called by the test in Rust) runs them one after the other and returns those that failed.
"use strict";

const behaviours = [];

function it(sentence, steps) {
  behaviours.push({ sentence, steps });
}

async function run() {
  const failed = [];
  for (const { sentence, steps } of behaviours) {
    // The last of these is what a page that hangs was doing.
    console.log(sentence);
    try {
      await steps();
    } catch (error) {
      failed.push(`${sentence}\n    ${error && error.stack ? `${error}\n${error.stack}` : String(error)}`);
    }
  }
  return { count: behaviours.length, failed };
}

function show(value) {
  if (typeof value === "string") return JSON.stringify(value);
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${Array.from(value)})`;
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  if (value && Object.getPrototypeOf(value) === Object.prototype) {
    return `{${Object.entries(value).map(([key, member]) => `${key}: ${show(member)}`).join(", ")}}`;
  }
  return String(value);
}

// Equal by what is shown of them.
function equal(actual, expected) {
  if (show(actual) !== show(expected)) throw new Error(`expected ${show(expected)}, got ${show(actual)}`);
}

// The same value.
function same(actual, expected) {
  if (!Object.is(actual, expected)) throw new Error(`expected the very ${show(expected)}, got ${show(actual)}`);
}

function ok(condition, what = "it") {
  if (!condition) throw new Error(`${what} does not hold`);
}

function named(error, name) {
  if (!error || error.name !== name) throw new Error(`expected a ${name}, got ${show(error)}`);
  return error;
}

function throws(name, steps) {
  try {
    steps();
  } catch (error) {
    return named(error, name);
  }
  throw new Error(`expected a ${name}, nothing was thrown`);
}

async function rejects(name, promise) {
  try {
    await promise;
  } catch (error) {
    return named(error, name);
  }
  throw new Error(`expected a ${name}, the promise was fulfilled`);
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

async function all(stream) {
  const chunks = [];
  const reader = stream.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return chunks;
    chunks.push(value);
  }
}

const utf8 = (text) => new TextEncoder().encode(text);
