it("headers are made of pairs, of an object, or of other headers", () => {
  equal([...new Headers([["B", "1"], ["a", "2"]])], [["a", "2"], ["b", "1"]]);
  equal([...new Headers({ "X-One": " 1 ", two: "2" })], [["two", "2"], ["x-one", "1"]]);
  equal([...new Headers(new Headers({ a: "b" }))], [["a", "b"]]);
  throws("TypeError", () => new Headers([["a"]]));
  throws("TypeError", () => new Headers("string"));
  throws("TypeError", () => new Headers({ "a b": "c" }));
  throws("TypeError", () => new Headers({ a: "b\nc" }));
  throws("TypeError", () => new Headers({ a: "\u0100" }));
});

it("names have no case, values of one name are combined", () => {
  const headers = new Headers();
  headers.append("Accept", "a");
  headers.append("ACCEPT", "b");
  equal([headers.get("accept"), headers.has("Accept"), headers.get("none")], ["a, b", true, null]);
  headers.set("accept", "c");
  equal([...headers.values()], ["c"]);
  headers.delete("aCCept");
  equal([...headers], []);
  throws("TypeError", () => headers.get(""));
  throws("TypeError", () => headers.has("a\nb"));
});

it("set-cookie headers stay apart", () => {
  const headers = new Headers([["set-cookie", "a=1"], ["b", "x"], ["Set-Cookie", "c=2"]]);
  equal(headers.getSetCookie(), ["a=1", "c=2"]);
  equal([...headers], [["b", "x"], ["set-cookie", "a=1"], ["set-cookie", "c=2"]]);
  equal(headers.get("set-cookie"), "a=1, c=2");
});

it("iteration is sorted and sees changes", () => {
  const headers = new Headers({ c: "3", a: "1" });
  const seen = [];
  for (const [name] of headers) {
    seen.push(name);
    if (name === "a") headers.append("b", "2");
  }
  equal(seen, ["a", "b", "c"]);
  equal(Object.prototype.toString.call(headers.keys()), "[object Headers Iterator]");
});

it("a request's headers ignore what is forbidden, a response's take no cookies", () => {
  const request = new Request("/", { headers: { Host: "x", "X-Own": "y", "Sec-Fetch-Mode": "z" } });
  equal([...request.headers], [["x-own", "y"]]);
  request.headers.set("Cookie", "a=b");
  equal(request.headers.get("Cookie"), null);
  const response = new Response("", { headers: { "Set-Cookie": "a=b", Cookie: "c" } });
  equal([response.headers.get("set-cookie"), response.headers.get("cookie")], [null, "c"]);
});

it("the headers of Response.error() and Response.redirect() are immutable", () => {
  throws("TypeError", () => Response.error().headers.append("a", "b"));
  throws("TypeError", () => Response.redirect("/").headers.delete("a"));
});

it("no-cors requests take safe headers alone", () => {
  const request = new Request("/", {
    mode: "no-cors",
    headers: { Accept: "text/*", "X-Own": "1", "Content-Type": "application/json", Range: "bytes=0-" },
  });
  equal([...request.headers], [["accept", "text/*"]]);
});
