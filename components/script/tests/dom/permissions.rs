//! Permissions: <https://w3c.github.io/permissions/>.

use script::embedder::PermissionState;

use crate::support::{Page, Setup};

const OWN: &str = "https://page.test";

fn page(permission: PermissionState) -> Page {
    Page::with(Setup { permission, ..Setup::default() })
}

#[test]
fn a_page_asks_for_a_permission_by_its_name() {
    let page = page(PermissionState::Denied);
    let script = "const status = await navigator.permissions.query({ name: 'geolocation' });
        return [status instanceof PermissionStatus, status instanceof EventTarget, status.name, status.state,
            status.onchange, navigator.permissions === navigator.permissions];";
    assert_eq!(page.eval_async(script), r#"[true,true,"geolocation","denied",null,true]"#);
    for bad in ["{}", "{ name: 'nothing' }", "1", "null", "{ get name() { throw new TypeError('own') } }"] {
        assert!(page.error(&format!("navigator.permissions.query({bad})")).starts_with("TypeError"), "{bad}");
    }
    // The descriptor is read as one of any permission, and then as one of this.
    let counted = "let count = 0;
        await navigator.permissions.query({ get name() { count++; return 'midi'; } });
        return count;";
    assert_eq!(page.eval_async(counted), "2");
}

#[test]
fn a_change_is_an_event_and_another_state() {
    let page = page(PermissionState::Prompt);
    page.run(
        "navigator.permissions.query({ name: 'push' }).then(status => {
           self.status = status;
           status.onchange = event => console.log(event.type, event.target === status, status.state);
         });",
    );
    page.permissions.set(PermissionState::Granted, "push", OWN);
    // Of other permissions and other origins, and the same again: nothing happens.
    page.permissions.set(PermissionState::Denied, "midi", OWN);
    page.permissions.set(PermissionState::Denied, "push", "https://other.test");
    page.permissions.set(PermissionState::Granted, "push", OWN);
    page.run("");
    assert_eq!(page.console(), ["change true granted"]);
    assert_eq!(page.eval("status.state"), "granted");
}

#[test]
fn a_status_that_somebody_listens_to_stays() {
    let page = page(PermissionState::Prompt);
    page.run(
        "navigator.permissions.query({ name: 'push' })
           .then(status => status.addEventListener('change', () => console.log('heard'), { once: true }));
         navigator.permissions.query({ name: 'push' })
           .then(status => { status.onchange = () => console.log('handled') });
         navigator.permissions.query({ name: 'push' });",
    );
    // Enough garbage for several collections.
    page.run(
        "let garbage; for (let i = 0; i < 200000; i++) garbage = { text: `garbage ${i}`, garbage: [i] };",
    );
    page.permissions.set(PermissionState::Granted, "push", OWN);
    page.run("");
    assert_eq!(page.console(), ["heard", "handled"]);
    page.permissions.set(PermissionState::Denied, "push", OWN);
    page.run("");
    assert_eq!(page.console(), ["handled"]);
}
