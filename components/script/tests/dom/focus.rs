//! Focus.

use crate::support::{FakeResponse, Page};

#[test]
fn elements_get_and_lose_focus() {
    let page = Page::html(
        "<input id=input><select id=select disabled></select><a id=link href=x></a><a id=no></a><p id=p tabindex=-1></p>",
    );
    let script = "const log = [], p = document.querySelector('p'), name = element => element && (element.id || element.localName);
        const active = () => [name(document.activeElement), name(document.querySelector(':focus'))].join();
        for (const type of ['focus', 'blur']) for (const target of [window, input, link, p])
            target.addEventListener(type, e => log.push([type, name(e.target) ?? 'window', name(e.relatedTarget),
                e.constructor.name, e.bubbles, e.composed, active()].join()));
        log.push(active());
        input.focus(); link.focus(); select.focus(); no.focus(); link.focus(); link.blur(); link.blur();
        p.focus(); p.remove(); log.push(active()); p.focus();
        return log;";
    assert_eq!(
        page.eval_async(script),
        r#"["body,","focus,input,,FocusEvent,false,true,input,input","blur,input,link,FocusEvent,false,true,link,link","#
            .to_owned()
            + r#""focus,link,input,FocusEvent,false,true,link,link","blur,link,,FocusEvent,false,true,body,","#
            + r#""focus,p,,FocusEvent,false,true,p,p","body,"]"#
    );
}

#[test]
fn what_comes_back_comes_without_focus() {
    let page = Page::html("<input id=input><div id=div><input id=inner></div>");
    assert_eq!(
        page.eval(
            "const field = input, around = div;
             field.focus(); field.remove(); document.body.append(field);
             const first = document.activeElement === document.body;
             inner.focus(); around.remove(); document.body.append(around);
             [first, document.activeElement === document.body]"
        ),
        "[true,true]"
    );
}

#[test]
fn focus_that_a_listener_moves_stays_where_it_moves_it() {
    let page = Page::html("<input id=a><input id=b><input id=c>");
    page.run(
        "for (const type of ['focus', 'blur']) for (const target of [a, b, c])
            target.addEventListener(type, () => console.log(type, target.id));
         a.focus();
         a.onblur = () => c.focus();
         b.focus();
         console.log(document.activeElement.id);",
    );
    let lines = page.console();
    assert_eq!((lines[0].as_str(), lines.last().map(String::as_str)), ("focus a", Some("c")));
    let last_focus = lines.iter().rfind(|line| line.starts_with("focus"));
    assert_eq!(last_focus.map(String::as_str), Some("focus c"), "{lines:?}");
}

#[test]
fn focus_moves_between_the_windows_of_a_page() {
    let page = Page::open();
    page.network.serve("https://page.test/frame", FakeResponse::new("text/html", "<input>"));
    let script = "const log = [], frames = [], note = text => log.push(text);
        for (const i of [0, 1]) {
            const frame = frames[i] = document.createElement('iframe');
            frame.src = '/frame';
            await new Promise(resolve => { frame.onload = resolve; document.body.append(frame) });
            for (const type of ['focus', 'blur']) {
                frame.addEventListener(type, () => note(`${type} element ${i}`));
                frame.contentWindow.addEventListener(type, () => note(`${type} ${i}`));
            }
        }
        for (const type of ['focus', 'blur']) addEventListener(type, () => note(`${type} top`));
        const windows = [window, ...frames.map(frame => frame.contentWindow)];
        const state = () => note(windows.map(w => Number(w.document.hasFocus())).join('') + ' '
            + (frames.indexOf(document.activeElement)));
        state();
        frames[0].focus(); state();
        frames[0].focus(); windows[0].focus(); state();
        windows[2].focus(); state();
        windows[2].document.querySelector('input').focus(); state();
        frames[1].remove(); log.push(document.hasFocus(), document.activeElement === document.body);
        return log;";
    assert_eq!(
        page.eval_async(script),
        r#"["100 -1","focus element 0","focus 0","110 0","blur 0","blur element 0","100 -1","focus element 1","#
            .to_owned()
            + r#""focus 1","101 1","101 1",true,true]"#
    );
}

#[test]
fn another_origin_may_focus_a_window() {
    let page = Page::open();
    page.network.serve(
        "https://other.test/frame",
        FakeResponse::new(
            "text/html",
            "<script>onfocus = () => console.log('focused'); onblur = () => console.log('blurred')</script>",
        ),
    );
    page.run(
        "const frame = document.createElement('iframe');
         frame.src = 'https://other.test/frame';
         frame.onload = () => { frames[0].focus(); frames[0].blur(); focus(); };
         document.body.append(frame)",
    );
    assert_eq!(page.console(), ["focused", "blurred"]);
}
