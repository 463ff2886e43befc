//! `securitypolicyviolation` events: <https://w3c.github.io/webappsec-csp/#report-violation>.

use std::sync::Arc;

use crate::support::{FakeNetwork, FakeResponse, Page, Setup};

/// A page whose server has this policy for it.
fn page(policy: &str, html: &str) -> Page {
    let network = Arc::<FakeNetwork>::default();
    let mut document = FakeResponse::new("text/html", html);
    document.headers.push(("Content-Security-Policy".into(), policy.into()));
    network.serve("https://page.test/", document);
    Page::with(Setup { network, ..Setup::default() })
}

const LISTEN: &str =
    "addEventListener('securitypolicyviolation', e => console.log(e.target.nodeName ?? 'window',
    e.violatedDirective, e.effectiveDirective, e.blockedURI, e.disposition, e.sample, e.documentURI,
    e.originalPolicy, e.bubbles, e.composed, e.cancelable, e.isTrusted));";

#[test]
fn a_blocked_inline_script_is_the_target() {
    let html = format!(
        "<!doctype html><script nonce=ok>{LISTEN}</script>
         <script>console.log('ran')</script><div onload='x'></div>"
    );
    let page = page("script-src 'nonce-ok'", &html);
    let console = page.console();
    let line = |target: &str, directive: &str| {
        format!(
            "{target} {directive} {directive} inline enforce  https://page.test/ script-src 'nonce-ok' true true false true"
        )
    };
    assert!(console.contains(&line("SCRIPT", "script-src-elem")), "{console:?}");
    assert!(
        console.iter().any(|text| text.contains("script-src-attr script-src-attr inline")),
        "{console:?}"
    );
    assert!(!console.iter().any(|text| text == "ran"));
}

#[test]
fn a_blocked_eval_is_reported_at_the_document() {
    let page = page(
        "script-src 'unsafe-inline'",
        &format!(
            "<script>{LISTEN} try {{ eval('1') }} catch (e) {{ console.log(e.name) }} setTimeout('2')</script>"
        ),
    );
    let console = page.console();
    let events =
        console.iter().filter(|line| line.starts_with("#document script-src script-src eval enforce"));
    assert_eq!(events.count(), 2, "{console:?}");
    assert!(console.iter().any(|line| line == "EvalError"), "{console:?}");
}

#[test]
fn an_event_can_be_made() {
    let page = Page::open();
    let script = "const e = new SecurityPolicyViolationEvent('x', { blockedURI: 'a', disposition: 'report', lineNumber: 3 });
        return [e.type, e.blockedURI, e.disposition, e.lineNumber, e.statusCode, e.documentURI, e.isTrusted];";
    assert_eq!(page.eval_async(script), r#"["x","a","report",3,0,"",false]"#);
}

#[test]
fn documents_from_nowhere_have_the_policies_of_who_made_them() {
    let page = page("script-src 'nonce-ok'", "<!doctype html><body>");
    let data = "data:text/html,<script>console.log('data ran')</script><script nonce=ok>console.log('data')</script>";
    let html = "<script>console.log('data ran')</script><script nonce=ok>console.log('data')</script>";
    page.network.serve(data, FakeResponse::new("text/html", html));
    page.run(&format!(
        "const add = attributes => document.body.append(
            Object.assign(document.createElement('iframe'), attributes));
        const html = name => `<script>console.log('${{name}} ran')</` + `script><script nonce=ok>console.log('${{name}}')</`
            + `script>`;
        add({{ srcdoc: html('srcdoc') }});
        add({{ src: {data:?} }});
        add({{ src: URL.createObjectURL(new Blob([html('blob')], {{ type: 'text/html' }})) }});"
    ));
    let mut console = page.console();
    console.sort();
    let blocked = "an inline script was blocked by Content Security Policy: script-src-elem";
    assert_eq!(console, [blocked, blocked, blocked, "blob", "data", "srcdoc"]);
}
