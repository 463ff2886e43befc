//! Nodes and their collections.

use crate::support::Page;

const PAGE: &str = "<!doctype html><html lang=en><head><title> A  page </title></head>
<body><div id=a class='x y'><p>one</p><p class=y>two</p></div><!--c--><div id=b></div></body></html>";

#[test]
fn the_tree_is_what_the_markup_says() {
    let page = Page::html(PAGE);
    let script = "function show(n) {
            return n.nodeName + (n.childNodes.length ? '(' + Array.from(n.childNodes).map(show).join() + ')' : '');
        }
        show(document)";
    assert_eq!(
        page.eval(script),
        "#document(html,HTML(HEAD(TITLE(#text)),#text,BODY(DIV(P(#text),P(#text)),#comment,DIV)))"
    );
    assert_eq!(
        page.eval("[document.doctype.name, document.compatMode, document.title]"),
        r#"["html","CSS1Compat","A page"]"#
    );
    assert_eq!(
        page.eval("[document.URL, document.contentType, document.characterSet]"),
        r#"["https://page.test/","text/html","windows-1252"]"#
    );
}

#[test]
fn elements_are_found_by_name_class_and_id() {
    let page = Page::html(PAGE);
    assert_eq!(page.eval("document.getElementById('b').id"), "b");
    assert_eq!(page.eval("document.getElementById('none')"), "null");
    assert_eq!(
        page.eval("Array.from(document.getElementsByTagName('P'), p => p.textContent)"),
        r#"["one","two"]"#
    );
    assert_eq!(page.eval("document.getElementsByTagName('*').length"), "8");
    assert_eq!(page.eval("document.getElementsByClassName('y').length"), "2");
    assert_eq!(page.eval("document.getElementsByClassName(' y  x ').length"), "1");
    assert_eq!(page.eval("document.getElementsByTagNameNS('http://www.w3.org/1999/xhtml', 'p').length"), "2");
}

#[test]
fn collections_are_live_and_stay_the_same() {
    let page = Page::html(PAGE);
    let script = "const ps = document.getElementsByTagName('p'), kids = document.body.childNodes;
        const before = [ps.length, kids.length];
        document.body.appendChild(document.createElement('p'));
        [...before, ps.length, ps[2] === kids[3], kids === document.body.childNodes, ps[3], kids.item(9)]";
    assert_eq!(page.eval(script), "[2,3,3,true,true,null,null]");
}

#[test]
fn nodes_move_with_their_descendants() {
    let page = Page::html(PAGE);
    let script = "const a = document.getElementById('a'), b = document.getElementById('b');
        const moved = b.appendChild(a.firstChild);
        [a.childNodes.length, b.firstChild === moved, moved.parentNode === b, moved.nextSibling, a.textContent,
         b.compareDocumentPosition(a), b.contains(moved), moved.isConnected, (b.remove(), moved.isConnected)]";
    assert_eq!(page.eval(script), r#"[1,true,true,null,"two",2,true,true,false]"#);
}

#[test]
fn what_would_be_no_tree_is_refused() {
    let page = Page::html(PAGE);
    for script in [
        "document.body.appendChild(document.documentElement)",
        "document.appendChild(document.createElement('p'))",
        "document.appendChild(document.createTextNode('x'))",
        "document.body.firstChild.firstChild.firstChild.appendChild(document.createElement('p'))",
        "document.body.appendChild(document)",
    ] {
        assert!(page.error(script).starts_with("HierarchyRequestError: "), "{script}");
    }
    assert!(page.error("document.body.removeChild(document.head)").starts_with("NotFoundError: "));
    assert!(page.error("document.body.insertBefore(new Text, document.head)").starts_with("NotFoundError: "));
}

#[test]
fn fragments_give_their_children() {
    let page = Page::open();
    let script = "const f = document.createDocumentFragment();
        f.append('a', document.createElement('b'), 'c');
        document.body.prepend(f);
        document.body.lastChild.after('d', 'e');
        document.body.firstChild.replaceWith(document.createComment('x'));
        [f.childNodes.length, Array.from(document.body.childNodes, n => n.nodeName + (n.nodeValue ?? ''))]";
    assert_eq!(page.eval(script), r##"[0,["#commentx","B","#textc","#textd","#texte"]]"##);
}

#[test]
fn attributes_are_set_found_and_removed() {
    let page = Page::open();
    let script = "const e = document.createElement('DIV');
        e.setAttribute('Data-X', 1); e.id = 'i'; e.className = 'c';
        const names = e.getAttributeNames();
        const toggled = [e.toggleAttribute('hidden'), e.toggleAttribute('hidden'), e.toggleAttribute('hidden', true)];
        e.removeAttribute('ID');
        [e.localName, e.tagName, names, e.getAttribute('data-x'), toggled, e.hasAttribute('id'), e.getAttribute('no')]";
    assert_eq!(
        page.eval(script),
        r#"["div","DIV",["data-x","id","class"],"1",[true,false,true],false,null]"#
    );
    assert!(page.error("document.body.setAttribute('a b', '')").starts_with("InvalidCharacterError: "));
    assert!(page.error("document.createElement('1x')").starts_with("InvalidCharacterError: "));
    assert!(page.error("document.createElementNS(null, 'p:x')").starts_with("NamespaceError: "));
}

#[test]
fn class_lists_are_sets_in_an_attribute() {
    let page = Page::open();
    let script = "const e = document.createElement('p'), l = e.classList;
        l.add('a', 'b', 'a'); l.toggle('c'); l.toggle('b'); l.replace('a', 'z');
        [e.className, l.length, l.contains('z'), l[1], l === e.classList, String(l), [...l]]";
    assert_eq!(page.eval(script), r#"["z c",2,true,"c",true,"z c",["z","c"]]"#);
    assert!(page.error("document.body.classList.add('')").starts_with("SyntaxError: "));
    assert!(page.error("document.body.classList.add('a b')").starts_with("InvalidCharacterError: "));
    assert_eq!(page.eval("document.body.classList = 'q'; document.body.className"), "q", "[PutForwards]");
}

#[test]
fn text_is_counted_in_code_units() {
    let page = Page::open();
    let script = "const t = new Text('a\\u{1f600}b');
        const rest = t.splitText(2);
        [t.length, rest.length, rest.data.charCodeAt(0).toString(16),
         (t.appendData(rest.data), t.data), t.substringData(1, 2)]";
    assert_eq!(page.eval(script), r#"[2,2,"de00","a😀b","😀"]"#);
    assert!(page.error("new Text('a').deleteData(2, 1)").starts_with("IndexSizeError: "));
    assert_eq!(
        page.eval(
            "document.body.append('a', '', 'b'); document.body.normalize(); document.body.childNodes.length"
        ),
        "1"
    );
}

#[test]
fn copies_are_equal_and_not_the_same() {
    let page = Page::html(PAGE);
    let script = "const a = document.getElementById('a'), deep = a.cloneNode(true), flat = a.cloneNode();
        [a.isEqualNode(deep), a.isEqualNode(flat), deep === a, flat.childNodes.length, deep.isConnected,
         deep.ownerDocument === document]";
    assert_eq!(page.eval(script), "[true,false,false,0,false,true]");
}

#[test]
fn events_bubble_through_the_tree_to_the_window() {
    let page = Page::html(PAGE);
    let script = "const log = [], p = document.getElementsByTagName('p')[0];
        for (const target of [window, document, document.body, p]) {
            target.addEventListener('x', e => log.push(e.eventPhase + (e.currentTarget.nodeName ?? 'window')));
            target.addEventListener('x', e => log.push(e.eventPhase), true);
        }
        p.dispatchEvent(new Event('x', {bubbles: true}));
        log.join()";
    assert_eq!(page.eval(script), "1,1,1,2,2P,3BODY,3#document,3window");
}

#[test]
fn events_can_be_made_the_old_way() {
    let page = Page::open();
    let script = "const e = document.createEvent('CustomEvent');
        e.initCustomEvent('x', true, false, 7);
        [e instanceof CustomEvent, e.type, e.bubbles, e.detail, e.isTrusted]";
    assert_eq!(page.eval(script), r#"[true,"x",true,7,false]"#);
    assert!(page.error("document.createEvent('foo')").starts_with("NotSupportedError: "));
}

#[test]
fn titles_bodies_and_heads_can_be_set() {
    let page = Page::open();
    let script = "document.title = ' new  title ';
        const body = document.createElement('body'); document.body = body;
        [document.title, document.head.firstChild.text, document.body === body,
         document.getElementsByTagName('body').length]";
    assert_eq!(page.eval(script), r#"["new title"," new  title ",true,1]"#);
    assert!(page.error("document.body = document.createElement('p')").starts_with("HierarchyRequestError: "));
}

#[test]
fn each_name_has_its_interface() {
    let page = Page::open();
    let script =
        "['html', 'head', 'body', 'title', 'meta', 'script', 'div', 'section', 'x-y', 'blink'].map(name =>
        Object.prototype.toString.call(document.createElement(name)).slice(8, -1)).join()";
    assert_eq!(
        page.eval(script),
        "HTMLHtmlElement,HTMLHeadElement,HTMLBodyElement,HTMLTitleElement,HTMLMetaElement,HTMLScriptElement,\
         HTMLDivElement,HTMLElement,HTMLElement,HTMLUnknownElement"
    );
}

#[test]
fn a_select_is_a_list_of_its_options() {
    let page = Page::open();
    let script = "{
        const make = (name, ...children) => {
            const element = document.createElement(name);
            element.append(...children);
            return element;
        };
        const option = id => Object.assign(make('option'), { id });
        const select = make('select', option('a'), make('div', option('b')),
            make('optgroup', option('c'), make('optgroup', option('no'))),
            make('datalist', option('no')), make('select', option('no')), option('d'));
        const ids = () => Array.from(select, option => option.id).join();
        const seen = [ids(), select.length, select[1].id, select.item(4), String(select[0])];
        select.length = 2;
        seen.push(ids());
        select.length = 3;
        seen.push(ids(), select.lastChild === select[2]);
        select.length = 100001;
        seen.push(select.length);
        seen }";
    assert_eq!(
        page.eval(script),
        r#"["a,b,c,d",4,"b",null,"[object HTMLOptionElement]","a,b","a,b,",true,3]"#
    );
}

#[test]
fn a_tree_survives_a_collection_by_any_of_its_nodes() {
    let page = Page::open();
    let script = "let leaf = (() => {
            const root = document.createElement('div');
            for (let i = 0; i < 50; i++) root.appendChild(document.createElement('p')).append('t' + i);
            return root.childNodes[49].firstChild;
        })();
        for (let i = 0; i < 200000; i++) ({}).x = [i];
        let n = 0; for (let p = leaf.parentNode; p; p = p.previousSibling) n++;
        [n, leaf.data, leaf.parentNode.parentNode.nodeName]";
    assert_eq!(page.eval(script), r#"[50,"t49","DIV"]"#);
}

#[test]
fn a_tree_deeper_than_the_stack_is_parsed_copied_and_compared() {
    let page = Page::html(&format!("<!doctype html><body>{}", "<div>".repeat(10_000)));
    let script = "const copy = document.body.cloneNode(true);
        let depth = 0;
        for (let node = copy; node.firstChild; node = node.firstChild) depth++;
        [depth, copy.isEqualNode(document.body), (copy.firstChild.remove(), copy.isEqualNode(document.body))]";
    assert_eq!(page.eval(script), "[10000,true,false]");
}

#[test]
fn copies_keep_their_order_and_their_shape() {
    let page = Page::html("<ul><li>a<b>b</b></li><li></li><!--c--></ul>d");
    let script = "function show(n) { return n.nodeName + (n.nodeValue ?? '') + '(' + Array.from(n.childNodes, show) + ')' }
        [show(document) === show(document.cloneNode(true)), show(document.body.cloneNode(true))]";
    assert_eq!(
        page.eval(script),
        r##"[true,"BODY(UL(LI(#texta(),B(#textb())),LI(),#commentc()),#textd())"]"##
    );
}

#[test]
fn something_is_inserted_next_to_an_element() {
    let page = Page::html("<p><b>x</b></p>");
    let script = "function show(n) { return n.nodeName + (n.nodeValue ?? '') + '(' + Array.from(n.childNodes, show) + ')' }
        const b = document.querySelector('b'), i = document.createElement('i');
        b.insertAdjacentText('beforeBegin', '1'); b.insertAdjacentText('afterbegin', '2');
        b.insertAdjacentText('beforeend', '3'); b.insertAdjacentText('afterend', '4');
        [b.insertAdjacentElement('afterend', i) === i, document.createElement('u').insertAdjacentElement('afterend', i),
         show(b.parentNode)]";
    assert_eq!(
        page.eval(script),
        r##"[true,null,"P(#text1(),B(#text2(),#textx(),#text3()),I(),#text4())"]"##
    );
    assert!(page.error("document.body.insertAdjacentText('inside', '')").starts_with("SyntaxError: "));
}

#[test]
fn long_collections_are_walked_by_their_length() {
    let page = Page::html("<!doctype html><body>");
    let script = "for (let i = 0; i < 5000; i++) document.body.append(Object.assign(document.createElement('p'), { id: 'id' + i }));
        const ps = document.getElementsByTagName('p');
        let found = 0;
        for (let i = 0; i < ps.length; i++) found += ps[i].id === 'id' + i;
        let asked = 0;
        const seen = [found, ps.id4999 === ps[4999], ps.namedItem('id7') === ps[7], Object.getOwnPropertyNames(ps).length];
        Object.setPrototypeOf(ps, new Proxy({}, { has() { asked++; return true; } }));
        seen.push('nothing' in ps, asked, ps.id1, asked);
        seen";
    // Of a prototype that can see it, only a supported name is asked for.
    assert_eq!(page.eval(script), "[5000,true,true,10000,true,1,null,2]");
}

#[test]
fn elements_with_ids_are_properties_of_the_window_that_loops_do_not_see() {
    let page = Page::html("<p id=here></p>");
    let script = "const names = Object.getPrototypeOf(Window.prototype), seen = [];
        for (const name in window) if (name === 'here') seen.push(name);
        [here.localName, Object.getOwnPropertyDescriptor(names, 'here').enumerable, seen.length]";
    assert_eq!(page.eval(script), r#"["p",false,0]"#);
}

#[test]
fn markup_has_text_as_the_parser_reads_it() {
    let page = Page::html("<!doctype html><body><noscript>a &lt;b></noscript>");
    let script = "const style = document.createElement('style');
        style.textContent = 'a > b {}';
        const other = new DOMParser().parseFromString('<body><noscript>a &lt;b></noscript>', 'text/html');
        const p = document.createElement('p');
        p.textContent = 'a > b';
        [style.innerHTML, p.innerHTML, document.querySelector('noscript').innerHTML, other.querySelector('noscript').innerHTML]";
    assert_eq!(page.eval(script), r#"["a > b {}","a &gt; b","a &lt;b>","a &lt;b&gt;"]"#);
}

#[test]
fn listeners_of_all_of_the_page_can_t_keep_it_from_scrolling_unless_they_say_so() {
    let page = Page::html("<p></p>");
    let script = "function prevents(target, type, options) {
            const listener = event => event.preventDefault();
            target.addEventListener(type, listener, options);
            const prevented = !target.dispatchEvent(new Event(type, { cancelable: true }));
            target.removeEventListener(type, listener);
            return prevented;
        }
        const targets = [window, document, document.documentElement, document.body, document.querySelector('p')];
        [targets.map(t => prevents(t, 'wheel')).join(), targets.map(t => prevents(t, 'wheel', { passive: false })).join(),
         targets.map(t => prevents(t, 'touchend')).join(), prevents(targets[4], 'touchmove', { passive: true })]";
    assert_eq!(
        page.eval(script),
        r#"["false,false,false,false,true","true,true,true,true,true","true,true,true,true,true",false]"#
    );
}
