//! Module scripts: <https://html.spec.whatwg.org/multipage/webappapis.html#module-script>.

use std::sync::Arc;

use fetch::{CredentialsMode, Destination, Referrer, RequestMode};

use crate::support::{FakeNetwork, FakeResponse, Page, Setup};

/// A page with this document, and these scripts beside it.
fn page(html: &str, scripts: &[(&str, &str)]) -> Page {
    let network = Arc::new(FakeNetwork::default());
    for (name, source) in scripts {
        let content_type = if name.ends_with(".json") { "application/json" } else { "text/javascript" };
        network.serve(&format!("https://page.test/{name}"), FakeResponse::new(content_type, *source));
    }
    Page::with(Setup { html: html.into(), network, ..Setup::default() })
}

#[test]
fn a_module_runs_after_what_it_imports_and_after_the_document_is_parsed() {
    let page = page(
        "<script type=module src=a.js></script>
        <script type=module>import './b.js'; console.log('inline', document.currentScript, this)</script>
        <script>console.log('classic')</script><p id=last>",
        &[
            ("a.js", "import { b } from './b.js'; console.log('a', b, import.meta.url)"),
            ("b.js", "console.log('b'); export const b = 1; import './dir/c.js'"),
            ("dir/c.js", "import '../b.js'; console.log('c', import.meta.resolve('./d.js'))"),
        ],
    );
    assert_eq!(
        page.console(),
        [
            "classic",
            "c https://page.test/dir/d.js",
            "b",
            "a 1 https://page.test/a.js",
            "inline null undefined"
        ]
    );
    // Each module is fetched once.
    assert_eq!(page.network.requests().len(), 3);
    assert!(page.is_loaded());
}

#[test]
fn modules_are_asked_for_as_the_spec_says() {
    let page = page(
        "<script type=module src=a.js crossorigin=use-credentials nonce=n></script>",
        &[
            ("a.js", "import './b.js'; import c from './c.json' with { type: 'json' }"),
            ("b.js", ""),
            ("c.json", "{}"),
        ],
    );
    page.settle();
    let requests = page.network.requests();
    let [a, b, c] = &*requests else { panic!("three requests") };
    assert!(requests.iter().all(|request| request.mode == RequestMode::Cors));
    assert!(requests.iter().all(|request| request.credentials == CredentialsMode::Include));
    assert!(requests.iter().all(|request| request.cryptographic_nonce_metadata == "n"));
    let importer = Referrer::Url("https://page.test/a.js".parse().unwrap());
    assert_eq!([&a.referrer, &b.referrer, &c.referrer], [&Referrer::Client, &importer, &importer]);
    let destinations = [a.destination, b.destination, c.destination];
    assert_eq!(destinations, [Destination::Script, Destination::Script, Destination::Json]);
}

#[test]
fn classic_scripts_and_modules_import_at_run_time() {
    let page = page(
        "<base href='/dir/'><script>
            import('./a.js').then(a => console.log('classic', a.default, Object.keys(a).join()));
        </script>
        <script type=module>
            const { x } = await import('./a.js');
            console.log('module', x);
        </script>",
        &[(
            "dir/a.js",
            "export default 'd'; export const x = await new Promise(resolve => setTimeout(resolve, 1, 7))",
        )],
    );
    assert_eq!(page.console(), ["classic d default,x", "module 7"]);
    let script = "const a = await import('/dir/a.js');
        return [a === await import('https://page.test/dir/a.js'), a.x];";
    assert_eq!(page.eval_async(script), "[true,7]");
}

#[test]
fn json_is_a_module_where_it_is_asked_for() {
    let page = page("", &[("a.json", r#"{"x": [1]}"#), ("bad.json", "{"), ("a.js", "export default 1")]);
    let script = "const { default: a } = await import('./a.json', { with: { type: 'json' } });
        return [a, (await import('./a.json', { with: { type: 'json' } })).default === a];";
    assert_eq!(page.eval_async(script), r#"[{"x":[1]},true]"#);
    assert!(page.error("import('./bad.json', { with: { type: 'json' } })").starts_with("SyntaxError"));
    assert!(page.error("import('./a.json')").starts_with("TypeError"));
    assert!(page.error("import('./a.js', { with: { type: 'json' } })").starts_with("TypeError"));
    assert!(page.error("import('./a.js', { with: { type: 'css' } })").starts_with("TypeError"));
    assert!(page.error("import('./a.js', { with: { kind: 'json' } })").starts_with("TypeError"));
    page.errors();
}

#[test]
fn what_can_not_be_imported_rejects_and_is_no_crash() {
    let page = page(
        "",
        &[
            ("syntax.js", "let let"),
            ("throws.js", "throw new RangeError('x')"),
            ("deep.js", "import './none.js'"),
        ],
    );
    for (module, error) in [
        ("bare", "TypeError"),
        ("./none.js", "TypeError"),
        ("./deep.js", "TypeError"),
        ("http://a b/", "TypeError"),
        ("./syntax.js", "SyntaxError"),
        ("./throws.js", "RangeError"),
    ] {
        for _ in 0..2 {
            let found = page.error(&format!("import('{module}')"));
            assert!(found.starts_with(error), "{module}: {found}");
        }
    }
    page.errors();
}

#[test]
fn errors_of_modules_are_reported_with_their_place() {
    let page = page(
        "<script>
            addEventListener('error', event => console.log(event.message, event.filename, event.lineno));
        </script>
        <script type=module src=throws.js onload=\"console.log('load throws')\"></script>
        <script type=module src=syntax.js onload=\"console.log('load syntax')\"></script>
        <script type=module src=importer.js onload=\"console.log('load importer')\"></script>
        <script type=module src=unresolved.js onerror=\"console.log('error unresolved')\"></script>
        <script type=module src=none.js onerror=\"console.log('error none')\"></script>
        <script type=module src=deep.js onerror=\"console.log('error deep')\"></script>
        <script type=module>
            missing();</script>",
        &[
            ("throws.js", "\nthrow new Error('thrown')"),
            ("syntax.js", "\n\nlet let"),
            ("importer.js", "import './syntax.js'"),
            ("unresolved.js", "import { x } from './ok.js'"),
            ("ok.js", ""),
            ("deep.js", "import './none.js'"),
        ],
    );
    let console = page.console_despite_errors();
    let has = |start: &str| console.iter().any(|line| line.starts_with(start));
    assert!(has("Error: thrown https://page.test/throws.js 2") && has("load throws"), "{console:#?}");
    assert_eq!(console.iter().filter(|line| line.contains("https://page.test/syntax.js 3")).count(), 2);
    assert!(has("load syntax") && has("load importer"), "{console:#?}");
    // A name that is not exported is an error of linking: the script is there.
    assert!(has("SyntaxError"), "{console:#?}");
    assert!(!has("error unresolved") && has("error none") && has("error deep"), "{console:#?}");
    assert!(has("ReferenceError: missing is not defined https://page.test/ "), "{console:#?}");
}

#[test]
fn modules_that_script_inserts_run_as_soon_as_they_are_there_or_in_order() {
    let page = page("", &[("a.js", "console.log('a')"), ("b.js", "console.log('b')")]);
    page.run(
        "for (const name of ['a.js', 'b.js']) {
            const script = document.createElement('script');
            script.type = 'module';
            script.async = false;
            script.src = name;
            script.onload = () => console.log('loaded', name);
            document.head.appendChild(script);
        }
        const inline = document.createElement('script');
        inline.type = 'module';
        inline.text = 'console.log(typeof import.meta.url)';
        document.head.appendChild(inline);",
    );
    let console = page.console();
    let ordered: Vec<_> = console.iter().filter(|line| *line != "string").collect();
    assert_eq!(ordered, ["a", "loaded a.js", "b", "loaded b.js"]);
    assert_eq!(console.len(), 5);
    assert_eq!(
        page.eval("[HTMLScriptElement.supports('module'), HTMLScriptElement.supports('x')]"),
        "[true,false]"
    );
}
