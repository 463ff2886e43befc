it("a URL shows its parts", () => {
  const url = new URL("https://user:pass@example.com:8443/a/b?c=d#e");
  equal(
    [url.href, url.origin, url.protocol, url.username, url.password, url.host, url.hostname, url.port],
    ["https://user:pass@example.com:8443/a/b?c=d#e", "https://example.com:8443", "https:", "user", "pass",
      "example.com:8443", "example.com", "8443"],
  );
  equal([url.pathname, url.search, url.hash], ["/a/b", "?c=d", "#e"]);
  equal([String(url), JSON.stringify({ url })], [url.href, `{"url":"${url.href}"}`]);
});

it("a blob URL has the origin of the page that made it", () => {
  equal(new URL("blob:https://example.com/id").origin, "https://example.com");
  equal([new URL("blob:ftp://example.com/id").origin, new URL("data:,x").origin], ["null", "null"]);
});

it("URLs are resolved against a base that has to be a URL itself", () => {
  equal(new URL("../x?y", "https://example.com/a/b/c").href, "https://example.com/a/x?y");
  throws("TypeError", () => new URL("/x"));
  throws("TypeError", () => new URL("/x", "/base"));
  throws("TypeError", () => new URL("https://exa mple.com/"));
});

it("URL.parse() gives null and URL.canParse() false where the constructor throws", () => {
  equal(URL.parse("https://example.com/a").pathname, "/a");
  equal([URL.parse("a"), URL.parse("a", "b")], [null, null]);
  equal([URL.canParse("a", "https://example.com"), URL.canParse("a")], [true, false]);
});

it("parts can be set; what makes no URL is ignored", () => {
  const url = new URL("https://example.com/");
  url.protocol = "http";
  url.host = "example.org:81";
  url.pathname = "a b";
  url.hash = "c";
  url.username = "me";
  equal(url.href, "http://me@example.org:81/a%20b#c");
  url.port = "no";
  url.protocol = "mailto";
  url.hostname = "";
  equal(url.href, "http://me@example.org:81/a%20b#c");
  throws("TypeError", () => (url.href = "no url"));
  url.href = "https://example.net";
  equal(url.href, "https://example.net/");
});

it("searchParams and search follow each other", () => {
  const url = new URL("https://example.com/?a=1&b=2");
  const params = url.searchParams;
  same(url.searchParams, params);
  params.append("c", "ä &");
  equal(url.search, "?a=1&b=2&c=%C3%A4+%26");
  url.search = "?d=4";
  equal([params.get("a"), params.get("d")], [null, "4"]);
  params.delete("d");
  equal(url.href, "https://example.com/");
  url.href = "https://example.com/?e";
  equal([...params], [["e", ""]]);
});

it("URLSearchParams takes a string, pairs, or an object", () => {
  equal(String(new URLSearchParams("?a=b+c&d=%e4&&e")), "a=b+c&d=%EF%BF%BD&e=");
  equal(String(new URLSearchParams([["a", "1"], ["a", "2"]])), "a=1&a=2");
  equal(String(new URLSearchParams({ x: "y", "&": "=" })), "x=y&%26=%3D");
  equal(String(new URLSearchParams(new URLSearchParams("q=1"))), "q=1");
  equal(String(new URLSearchParams()), "");
  throws("TypeError", () => new URLSearchParams([["a"]]));
  throws("TypeError", () => new URLSearchParams([["a", "b", "c"]]));
});

it("values are found, changed and removed by name, or by name and value", () => {
  const params = new URLSearchParams("a=1&b=2&a=3");
  equal([params.size, params.getAll("a"), params.has("a", "3"), params.has("a", "2")], [3, ["1", "3"], true, false]);
  params.set("a", "9");
  equal(String(params), "a=9&b=2");
  params.append("b", "8");
  params.delete("b", "2");
  equal(String(params), "a=9&b=8");
  params.delete("a");
  equal([params.size, params.has("a")], [1, false]);
});

it("sort() is by code units, and stable", () => {
  const params = new URLSearchParams("ﬃ=1&🌈=2&z=a&a=b&z=c");
  params.sort();
  equal([...params.keys()], ["a", "z", "z", "🌈", "ﬃ"]);
  equal(params.getAll("z"), ["a", "c"]);
});

it("params are iterated live", () => {
  const params = new URLSearchParams("a=1&b=2");
  const seen = [];
  for (const [name, value] of params) {
    seen.push(name + value);
    if (name === "a") params.append("c", "3");
  }
  equal(seen, ["a1", "b2", "c3"]);
  const pairs = [];
  params.forEach((value, name, object) => pairs.push(name, value, object === params));
  equal(pairs.slice(0, 3), ["a", "1", true]);
});
