//! <https://w3c.github.io/permissions/#permissionstatus-interface>

use super::Permissions;
use crate::bindings::enums::PermissionState;
use crate::bindings::interfaces::PermissionStatusMethods;
use crate::dom::html::window::Window;
use crate::embedder;
use crate::webidl::*;

/// <https://w3c.github.io/permissions/#permissionstatus-interface>
#[dom_struct]
pub struct PermissionStatus {
    event_target: EventTarget,
    /// Who keeps it.
    permissions: Dom<Permissions>,
    /// All of its [[\[query\]]](https://w3c.github.io/permissions/#dfn-query).
    name: DOMString,
    #[no_trace]
    state: Cell<PermissionState>,
}

impl PermissionStatus {
    pub(super) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        permissions: &Permissions,
        name: DOMString,
        state: PermissionState,
    ) -> DomRoot<PermissionStatus> {
        let status = PermissionStatus {
            event_target: EventTarget::new_inherited(),
            permissions: Dom::from_ref(permissions),
            name,
            state: Cell::new(state),
        };
        reflect_dom_object(cx, Box::new(status), global)
    }

    pub(super) fn is_of(&self, name: &str) -> bool {
        self.name == *name
    }

    pub(super) fn is_listened_to(&self) -> bool {
        self.upcast::<EventTarget>().has_listeners_for("change")
    }

    /// It stays for as long as somebody listens for `change`
    /// (<https://w3c.github.io/permissions/#garbage-collection>).
    pub(crate) fn listeners_changed(&self) {
        self.permissions.listeners_changed(self);
    }

    /// The [update steps](https://w3c.github.io/permissions/#dfn-permissionstatus-update-steps), in their task.
    pub(super) fn update(&self, cx: &mut JSContext) {
        let global = self.global();
        // 1. A document that is not shown any more hears of nothing.
        if let Some(window) = global.downcast::<Window>()
            && !window.document().is_fully_active()
        {
            return;
        }
        // 2. and 3. Ask.
        let state = global.hosts().permissions.state(&self.name, global.origin()).into();
        // 4. If it is another one, say so.
        if self.state.replace(state) != state {
            self.upcast::<EventTarget>().fire_event(cx, "change");
        }
    }
}

impl PermissionStatusMethods for PermissionStatus {
    /// <https://w3c.github.io/permissions/#dom-permissionstatus-state>
    fn State(&self) -> PermissionState {
        self.state.get()
    }

    /// <https://w3c.github.io/permissions/#dom-permissionstatus-name>
    fn Name(&self) -> DOMString {
        self.name.clone()
    }
}

impl From<embedder::PermissionState> for PermissionState {
    fn from(state: embedder::PermissionState) -> Self {
        match state {
            embedder::PermissionState::Granted => PermissionState::Granted,
            embedder::PermissionState::Denied => PermissionState::Denied,
            embedder::PermissionState::Prompt => PermissionState::Prompt,
        }
    }
}
