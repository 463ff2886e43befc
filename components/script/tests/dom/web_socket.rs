//! WebSockets: <https://websockets.spec.whatwg.org/>.

use crate::support::{FakeResponse, Page};

fn page() -> Page {
    let page = Page::open();
    page.network.serve("wss://page.test/echo", FakeResponse::default());
    // A page that waits for messages alone is idle: this keeps it waiting for them.
    page.run(
        "function waitFor(target, type) {
            const busy = setTimeout(() => {}, 20000);
            return new Promise(resolve => target.addEventListener(type, event => {
                clearTimeout(busy);
                resolve(event);
            }, { once: true }));
        }",
    );
    page
}

#[test]
fn messages_go_and_come() {
    let page = page();
    let script = "const socket = new WebSocket('/echo', ['a', 'b']);
        const log = [socket.readyState, socket.url, socket.protocol, socket.binaryType];
        try { socket.send('early'); } catch (error) { log.push(error.name); }
        await waitFor(socket, 'open');
        log.push(socket.readyState, socket.protocol, socket.extensions);
        socket.send('\\u00e9');
        log.push(socket.bufferedAmount);
        const { data, origin } = await waitFor(socket, 'message');
        log.push(data, origin, socket.bufferedAmount);
        socket.send(new Uint8Array([1, 2]));
        log.push(await (await waitFor(socket, 'message')).data.text());
        socket.binaryType = 'arraybuffer';
        socket.send(new Blob(['xyz']));
        log.push((await waitFor(socket, 'message')).data.byteLength);
        socket.close(3000, 'why');
        log.push(socket.readyState);
        const close = await waitFor(socket, 'close');
        log.push(close.wasClean, close.code, close.reason, socket.readyState);
        socket.send('late');
        return [...log, socket.bufferedAmount];";
    assert_eq!(
        page.eval_async(script),
        concat!(
            r#"[0,"wss://page.test/echo","","blob","InvalidStateError",1,"a","",2,"é","wss://page.test",0,"#,
            r#""\u0001\u0002",3,2,true,3000,"why",3,4]"#
        )
    );
    let [request] = &*page.network.requests() else { panic!("one request") };
    assert_eq!(request.url().as_str(), "wss://page.test/echo");
    assert_eq!(request.client.as_ref().map(|it| it.creation_url.as_str()), Some("https://page.test/"));
}

#[test]
fn a_connection_that_can_not_be_made_is_an_error_and_closed() {
    let page = page();
    let script = "const socket = new WebSocket('wss://other.test/');
        const error = waitFor(socket, 'error');
        const close = await waitFor(socket, 'close');
        return [(await error).constructor.name, close.code, close.wasClean, socket.readyState];";
    assert_eq!(page.eval_async(script), r#"["Event",1006,false,3]"#);
    page.console();
}

#[test]
fn closing_before_it_is_open_fails_it() {
    let page = page();
    let script = "const socket = new WebSocket('/echo');
        socket.onopen = () => console.log('opened');
        const close = waitFor(socket, 'close');
        socket.close();
        const state = socket.readyState;
        return [state, (await close).code, socket.readyState];";
    assert_eq!(page.eval_async(script), "[2,1006,3]");
    assert!(page.console().is_empty());
}

#[test]
fn a_close_without_a_code_has_none() {
    let page = page();
    let script = "const socket = new WebSocket('/echo');
        await waitFor(socket, 'open');
        socket.close();
        const close = await waitFor(socket, 'close');
        return [close.code, close.reason, close.wasClean];";
    assert_eq!(page.eval_async(script), r#"[1005,"",true]"#);
}

#[test]
fn misuse_is_refused() {
    let page = page();
    for arguments in ["'ftp://a.test/'", "'/#a'", "'http://a b/'", "'/', 'a b'", "'/', ['a', 'a']", "'/', ''"]
    {
        let error = page.error(&format!("new WebSocket({arguments})"));
        assert!(error.starts_with("SyntaxError"), "{arguments}: {error}");
    }
    let socket = "const socket = new WebSocket('/echo'); ";
    assert!(page.error_async(&format!("{socket} socket.close(1001)")).starts_with("InvalidAccessError"));
    let long = "socket.close(1000, 'x'.repeat(124))";
    assert!(page.error_async(&format!("{socket} {long}")).starts_with("SyntaxError"));
    assert_eq!(page.eval("new CloseEvent('close', { code: 5, wasClean: true }).code"), "5");
}
