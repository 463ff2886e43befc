//! <https://w3c.github.io/permissions/#permissions-interface>

use std::cell::OnceCell;
use std::sync::{Arc, Weak};

use fetch::Origin;

use super::PermissionStatus;
use super::names::is_supported;
use crate::bindings::dictionaries::PermissionDescriptor;
use crate::bindings::interfaces::{NavigatorMethods, PermissionsMethods, WindowMethods};
use crate::bindings::interfaces::{WorkerGlobalScopeMethods, WorkerNavigatorMethods};
use crate::dom::html::window::Window;
use crate::dom::html::workers::worker_global_scope::WorkerGlobalScope;
use crate::embedder::PermissionObserver;
use crate::runtime::task_sender::TaskSender;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// <https://w3c.github.io/permissions/#permissions-interface>
#[dom_struct]
pub struct Permissions {
    reflector: Reflector,
    /// All statuses of this realm that are still there.
    statuses: DomRefCell<Vec<WeakDom<PermissionStatus>>>,
    /// Those that stay, because somebody listens for changes.
    listened_to: DomRefCell<Vec<Dom<PermissionStatus>>>,
    /// While this lives, the embedder tells of changes.
    #[no_trace]
    watch: OnceCell<Arc<Watch>>,
}

impl Permissions {
    /// For the navigator of `global`.
    pub(crate) fn new(cx: &mut JSContext, global: &GlobalScope) -> DomRoot<Permissions> {
        let permissions = Permissions {
            reflector: Reflector::new(),
            statuses: DomRefCell::default(),
            listened_to: DomRefCell::default(),
            watch: OnceCell::new(),
        };
        reflect_dom_object(cx, Box::new(permissions), global)
    }

    /// That of `global`'s navigator.
    fn of(cx: &mut JSContext, global: &GlobalScope) -> Option<DomRoot<Permissions>> {
        if let Some(window) = global.downcast::<Window>() {
            return Some(window.Navigator(cx).Permissions(cx));
        }
        Some(global.downcast::<WorkerGlobalScope>()?.Navigator(cx).Permissions(cx))
    }

    /// Step 8.1 of [query()](https://w3c.github.io/permissions/#query-method): a status that follows changes.
    fn new_status(&self, cx: &mut JSContext, name: DOMString) -> DomRoot<PermissionStatus> {
        let global = self.global();
        self.watch.get_or_init(|| {
            let watch =
                Arc::new(Watch { tasks: global.task_sender().background(), origin: global.origin().clone() });
            let observer: Weak<dyn PermissionObserver> = Arc::<Watch>::downgrade(&watch);
            global.hosts().permissions.observe(observer);
            watch
        });
        let state = global.hosts().permissions.state(&name, global.origin()).into();
        let status = PermissionStatus::new(cx, &global, self, name, state);
        let mut statuses = self.statuses.borrow_mut();
        statuses.retain(|status| status.root().is_some());
        statuses.push(WeakDom::new(&status));
        drop(statuses);
        status
    }

    /// Keeps a status alive that somebody listens to, and lets go of it when nobody does any more
    /// (<https://w3c.github.io/permissions/#garbage-collection>).
    pub(super) fn listeners_changed(&self, status: &PermissionStatus) {
        let mut listened_to = self.listened_to.borrow_mut();
        listened_to.retain(|kept| !std::ptr::eq(&**kept, status));
        if status.is_listened_to() {
            listened_to.push(Dom::from_ref(status));
        }
    }

    /// Queues the [update steps](https://w3c.github.io/permissions/#dfn-permissionstatus-update-steps) of all statuses
    /// with this name.
    fn update(&self, cx: &mut JSContext, name: &str) {
        let statuses = self.statuses.borrow().iter().filter_map(WeakDom::root).collect::<Vec<_>>();
        for status in statuses.iter().filter(|status| status.is_of(name)) {
            status.update(cx);
        }
    }
}

impl PermissionsMethods for Permissions {
    /// <https://w3c.github.io/permissions/#query-method>
    fn Query(&self, cx: &mut JSContext, permission_desc: HandleObject<'_>) -> Fallible<Promise> {
        let global = self.global();
        // 1. A document that is not shown any more is not asked.
        if let Some(window) = global.downcast::<Window>()
            && !window.document().is_fully_active()
        {
            return Err(Error::InvalidState("the document is not fully active".into()));
        }
        rooted!(&in(cx) let description = object_value(permission_desc.get()));
        // 2. and 3. What it is about.
        let root = PermissionDescriptor::from_js(cx, description.handle())?;
        // 4. Only of features that there are.
        if !is_supported(&root.name) {
            return Err(Error::Type(format!("there is no permission '{}'", root.name)));
        }
        // 5. and 6. The feature's own descriptor. NB: no feature that is here has more in its own than the name.
        PermissionDescriptor::from_js(cx, description.handle())?;
        // 7. and 8. The status, from a task of its own.
        let promise = Promise::new(cx, &global);
        let (this, trusted) = (Trusted::new(self), TrustedPromise::new(&promise));
        let name = root.name;
        global.task_sender().post(
            TaskSource::Permissions,
            Box::new(move |cx, _global| {
                let status = this.root().new_status(cx, name);
                trusted.root().resolve(cx, &status);
            }),
        );
        Ok(promise)
    }
}

/// Hears of changes, on any thread.
struct Watch {
    tasks: TaskSender,
    origin: Origin,
}

impl PermissionObserver for Watch {
    fn permission_changed(&self, name: &str, origin: &Origin) {
        if *origin != self.origin {
            return;
        }
        let name = name.to_owned();
        self.tasks.post(
            TaskSource::Permissions,
            Box::new(move |cx, global| {
                if let Some(permissions) = Permissions::of(cx, global) {
                    permissions.update(cx, &name);
                }
            }),
        );
    }
}
