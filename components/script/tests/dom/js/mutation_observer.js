const show_record = ({ type, target, addedNodes, removedNodes, attributeName, oldValue }) =>
  [type, target.nodeName, [...addedNodes].length, [...removedNodes].length, attributeName, oldValue];

// What an observer is told of what `steps` do to a div with a text in it.
async function observed(options, steps) {
  const div = document.createElement("div");
  div.append("text");
  let told;
  const observer = new MutationObserver((records, self) => {
    ok(self === observer && told === undefined);
    told = records;
  });
  observer.observe(div, options);
  steps(div, observer);
  equal(told, undefined);
  await null;
  return { records: told?.map(show_record), div, observer, told };
}

it("children that come and go are told of together, in a microtask", async () => {
  const { records, told, div } = await observed({ childList: true }, (div) => {
    div.append(document.createElement("b"));
    div.firstChild.remove();
    div.setAttribute("a", "b");
  });
  equal(records, [["childList", "DIV", 1, 0, null, null], ["childList", "DIV", 0, 1, null, null]]);
  equal([told[0].previousSibling.nodeName, told[0].nextSibling], ["#text", null]);
  same(told[1].nextSibling, div.firstChild);
});

it("a replacement is one record, and so is a fragment", async () => {
  const { records } = await observed({ childList: true }, (div) => {
    div.replaceChild(document.createElement("i"), div.firstChild);
    const fragment = document.createDocumentFragment();
    fragment.append("a", "b");
    div.append(fragment);
    div.textContent = "";
  });
  equal(records.map((record) => record.slice(2, 4)), [[1, 1], [2, 0], [0, 3]]);
});

it("attributes are told of with their old values where that is asked for", async () => {
  const change = (div) => {
    div.setAttribute("a", "1");
    div.setAttribute("a", "2");
    div.removeAttribute("a");
    div.setAttribute("b", "3");
  };
  const filtered = await observed({ attributeFilter: ["b"] }, change);
  equal(filtered.records, [["attributes", "DIV", 0, 0, "b", null]]);
  const { records } = await observed({ attributeOldValue: true }, change);
  equal(records.map((record) => record.slice(4)), [["a", null], ["a", "1"], ["a", "2"], ["b", null]]);
});

it("data is told of, also that of descendants", async () => {
  const steps = (div) => { div.firstChild.data = "x"; div.firstChild.appendData("y"); };
  equal((await observed({ characterData: true }, steps)).records, undefined);
  const { records } = await observed({ characterDataOldValue: true, subtree: true }, steps);
  equal(records.map((record) => record[5]), ["text", "x"]);
});

it("what was removed is observed until the observer is told", async () => {
  const { records, div, told } = await observed({ characterData: true, childList: true, subtree: true }, (div) => {
    const text = div.firstChild;
    text.remove();
    text.data = "changed";
  });
  equal(records.map((record) => record[0]), ["childList", "characterData"]);
  told[1].target.data = "again";
  await null;
  equal(told.length, 2);
});

it("records can be taken, and observers told to stop", async () => {
  const { records } = await observed({ childList: true }, (div, observer) => {
    div.append("a");
    equal(observer.takeRecords().length, 1);
    div.append("b");
    observer.disconnect();
    div.append("c");
  });
  equal(records, undefined);
});

it("an observer has to say what it is for", () => {
  const observer = new MutationObserver(() => {});
  throws("TypeError", () => observer.observe(document, {}));
  throws("TypeError", () => observer.observe(document, { attributes: false, attributeFilter: [] }));
  throws("TypeError", () => observer.observe(document, { characterData: false, characterDataOldValue: true }));
  observer.observe(document, { childList: true });
  observer.disconnect();
});
