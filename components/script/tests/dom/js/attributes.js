it("an attribute's node is made once, and shows the attribute", () => {
  const element = document.createElement("div");
  element.id = "a";
  const attr = element.getAttributeNode("ID");
  same(attr, element.attributes[0]);
  same(attr, element.attributes.id);
  same(attr, element.attributes.getNamedItemNS(null, "id"));
  same(element.attributes, element.attributes);
  element.id = "b";
  equal([attr.name, attr.value, attr.nodeValue, attr.textContent, attr.specified], ["id", "b", "b", "b", true]);
  attr.value = "c";
  attr.nodeValue += "d";
  equal(element.id, "cd");
  equal([attr.nodeType, attr.nodeName, attr.isConnected, attr.parentNode], [2, "id", false, null]);
  same(attr.ownerElement, element);
  same(element.getAttributeNode("class"), null);
});

it("a removed attribute's node keeps the value", () => {
  const element = document.createElement("div");
  element.setAttribute("x", "1");
  const attr = element.getAttributeNode("x");
  same(element.attributes.removeNamedItem("x"), attr);
  equal([attr.value, attr.ownerElement, element.hasAttribute("x")], ["1", null, false]);
  attr.value = "2";
  equal(element.getAttribute("x"), null);
  throws("NotFoundError", () => element.attributes.removeNamedItem("x"));
  throws("NotFoundError", () => element.removeAttributeNode(attr));
});

it("attribute nodes are given to elements", () => {
  const [one, two] = [document.createElement("div"), document.createElement("div")];
  const attr = document.createAttribute("X");
  equal(attr.name, "x");
  attr.value = "new";
  one.setAttribute("x", "old");
  const old = one.getAttributeNode("x");
  same(one.setAttributeNode(attr), old);
  equal([one.getAttribute("x"), old.value, old.ownerElement, one.attributes.length], ["new", "old", null, 1]);
  same(one.setAttributeNode(attr), attr);
  throws("InUseAttributeError", () => two.setAttributeNode(attr));
  same(two.attributes.setNamedItem(old), null);
  equal(two.getAttribute("x"), "old");
  same(one.removeAttributeNode(attr), attr);
  throws("InvalidCharacterError", () => document.createAttribute(""));
  const spaced = document.createAttributeNS("urn:a", "p:q");
  equal([spaced.namespaceURI, spaced.prefix, spaced.localName, spaced.name], ["urn:a", "p", "q", "p:q"]);
  one.setAttributeNodeNS(spaced);
  same(one.getAttributeNodeNS("urn:a", "q"), spaced);
});

it("attribute nodes are in no tree, but are nodes", () => {
  const element = document.createElement("div");
  element.setAttribute("a", "1");
  element.setAttribute("b", "1");
  const [a, b] = element.attributes;
  const copy = a.cloneNode();
  ok(copy.isEqualNode(a) && copy !== a && copy.ownerElement === null);
  ok(!a.isEqualNode(b));
  throws("HierarchyRequestError", () => element.append(a));
  throws("HierarchyRequestError", () => a.appendChild(new Text("text")));
  equal([a.compareDocumentPosition(b), b.compareDocumentPosition(a)], [36, 34]);
  equal([element.compareDocumentPosition(a), a.compareDocumentPosition(element)], [20, 10]);
  equal(copy.compareDocumentPosition(a) & 1, 1);
  const other = new Document();
  other.adoptNode(element);
  same(a.ownerDocument, other);
});

it("observers are told of attributes that are replaced", () => {
  const element = document.createElement("div");
  element.id = "a";
  const observer = new MutationObserver(() => {});
  observer.observe(element, { attributes: true, attributeOldValue: true });
  element.setAttributeNode(document.createAttribute("id"));
  element.removeAttributeNode(element.attributes[0]);
  equal(observer.takeRecords().map((record) => `${record.attributeName} ${record.oldValue}`), ["id a", "id "]);
});

it("attributes are properties of the map by their names, as far as they can be found", () => {
  const element = document.createElement("div");
  element.setAttribute("id", "a");
  element.setAttributeNS(null, "Upper", "b");
  equal(Object.getOwnPropertyNames(element.attributes), ["0", "1", "id"]);
  equal(Object.keys(element.attributes), ["0", "1"]);
  element.attributes.own = 1;
  equal(element.attributes.own, 1);
});
