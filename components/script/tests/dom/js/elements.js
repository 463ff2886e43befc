it("kinds of links are sets in an attribute", () => {
  for (const name of ["a", "area", "form", "link"]) {
    const element = document.createElement(name);
    element.relList = "noopener me";
    equal([element.rel, element.relList.length, element.getAttribute("rel")], ["noopener me", 2, "noopener me"]);
    element.rel = "next";
    ok(element.relList.contains("next") && element.relList === element.relList);
    equal(element.relList.supports("next"), false);
  }
  throws("TypeError", () => document.body.classList.supports("x"));
});

it("an element may be hidden in three ways", () => {
  const element = document.createElement("p");
  const values = [true, "until-found", "UNTIL-FOUND", false, "x", "", 1, 0, NaN, null];
  const seen = values.map((value) => {
    element.hidden = value;
    return `${element.hidden} ${element.getAttribute("hidden")}`;
  });
  const found = "until-found until-found";
  equal(seen, ["true ", found, found, "false null", "true ", "false null", "true ", "false null", "false null", "false null"]);
});

it("collections have elements by name and id", () => {
  const div = document.createElement("div");
  const list = document.createElement("datalist");
  div.append(list);
  for (const [id, name] of [["a", "b"], ["", "c"], ["a", "d"]]) {
    const option = document.createElement("option");
    option.setAttribute("id", id);
    option.setAttribute("name", name);
    list.append(option);
  }
  list.append(document.createElement("p"));
  const options = list.options;
  same(options, list.options);
  equal(options.length, 3);
  equal(Object.getOwnPropertyNames(options), ["0", "1", "2", "a", "b", "c", "d"]);
  equal(Object.keys(options), ["0", "1", "2"]);
  same(options.a, options[0]);
  same(options.namedItem("d"), options[2]);
  same(options.namedItem(""), null);
  const foreign = document.createElementNS("urn:x", "y");
  foreign.setAttribute("name", "z");
  list.append(foreign);
  same(list.children.namedItem("z"), null);
});

it("options are put into a select by index", () => {
  const select = document.createElement("select");
  const [a, b] = [document.createElement("option"), document.createElement("option")];
  select[2] = a;
  equal([select.length, select[2] === a], [3, true]);
  select[0] = b;
  same(select[0], b);
  select[0] = b;
  select[2] = null;
  select[9] = null;
  select[4000000000] = document.createElement("option");
  equal([select.length, a.parentNode], [2, null]);
  throws("TypeError", () => { "use strict"; select[0] = document.createElement("p"); });
});

it("a form is found by its name", () => {
  const form = document.createElement("form");
  form.name = "theForm";
  document.body.append(form);
  same(window.theForm, form);
  form.remove();
  equal(typeof theForm, "undefined");
});

it("DOMParser parses HTML, without running it", () => {
  const parser = new DOMParser();
  const text = "<title>x</title><script>window.ran = true</script><body><noscript><p>y</p></noscript>";
  const parsed = parser.parseFromString(text, "text/html");
  equal([parsed.title, parsed.URL, parsed.defaultView, parsed.contentType], ["x", document.URL, null, "text/html"]);
  equal([parsed.querySelectorAll("noscript p").length, window.ran], [1, undefined]);
  throws("NotSupportedError", () => parser.parseFromString("<a/>", "text/xml"));
  throws("TypeError", () => parser.parseFromString("", "text/plain"));
});

it("NodeFilter is an object with constants", () => {
  equal([NodeFilter.FILTER_SKIP, NodeFilter.SHOW_ALL, typeof NodeFilter], [3, 0xffffffff, "function"]);
  throws("TypeError", () => new NodeFilter());
});

it("a window and its body have the handlers of being online", () => {
  let seen = "";
  window.ononline = () => seen += "window";
  same(document.body.ononline, window.ononline);
  document.body.setAttribute("onoffline", "globalThis.wentOffline = true");
  window.dispatchEvent(new Event("online"));
  window.dispatchEvent(new Event("offline"));
  equal([seen, globalThis.wentOffline], ["window", true]);
});

it("data- attributes are properties of the dataset", () => {
  const element = document.createElement("div");
  element.setAttribute("data-one-two", "1");
  element.setAttribute("data-three", "3");
  equal(Object.keys(element.dataset), ["oneTwo", "three"]);
  element.dataset.fourFive = 45;
  equal(element.getAttribute("data-four-five"), "45");
  delete element.dataset.three;
  equal([element.hasAttribute("data-three"), element.dataset.three], [false, undefined]);
  throws("SyntaxError", () => element.dataset["a-b"] = "");
  throws("InvalidCharacterError", () => element.dataset["a b"] = "");
  same(element.dataset, element.dataset);
});

it("innerHTML is the markup of what is in an element", () => {
  const div = document.createElement("div");
  div.innerHTML = "<p title='a&amp;b'>one<br>two</p>&lt;";
  equal([div.childNodes.length, div.firstChild.title, div.textContent], [2, "a&b", "onetwo<"]);
  equal(div.innerHTML, '<p title="a&amp;b">one<br>two</p>&lt;');
  div.innerHTML = null;
  equal(div.childNodes.length, 0);
  const row = document.createElement("tr");
  row.innerHTML = "<td>1<td>2";
  equal(row.innerHTML, "<td>1</td><td>2</td>");
  const title = document.createElement("title");
  title.innerHTML = "<b>&amp;";
  equal(title.textContent, "<b>&");
  same(row.firstChild.ownerDocument, document);
});

it("scripts in innerHTML don't run, and observers are told once", async () => {
  const div = document.createElement("div");
  document.body.append(div);
  div.innerHTML = "old";
  const observer = new MutationObserver(() => {});
  observer.observe(div, { childList: true });
  div.innerHTML = "<script>globalThis.innerRan = true</" + "script><i></i>";
  equal(globalThis.innerRan, undefined);
  const records = observer.takeRecords();
  equal([records.length, records[0].addedNodes.length, records[0].removedNodes.length], [1, 2, 1]);
  throws("NotSupportedError", () => new Document().createElement("x").innerHTML);
  div.remove();
});
