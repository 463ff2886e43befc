//! The module map: <https://html.spec.whatwg.org/multipage/webappapis.html#module-map>.

use fetch::Url;

use crate::runtime::module_script::ModuleKind;
use crate::webidl::*;

/// What a fetch of a module came to.
pub(crate) enum Fetched {
    /// Null: it could not be had.
    Null,
    /// A module script with a parse error.
    ParseError(RootedValue),
    /// A module script's record.
    Module(RootedObject),
}

/// Someone who waits for a module.
pub(crate) trait ModuleWaiter: JSTraceable {
    /// It is there, or will never be. In the global's realm; whoever calls keeps this rooted.
    fn ready(&self, cx: &mut JSContext, global: &GlobalScope, fetched: &Fetched);
}

#[derive(JSTraceable)]
struct Waiting {
    waiter: Box<dyn ModuleWaiter>,
}

#[derive(JSTraceable)]
enum Entry {
    /// "fetching"
    Fetching(Vec<Waiting>),
    Null,
    ParseError(HeapValue),
    Module(HeapObject),
}

impl Entry {
    fn of(fetched: &Fetched) -> Entry {
        match fetched {
            Fetched::Null => Entry::Null,
            Fetched::ParseError(error) => Entry::ParseError(HeapValue::new(error.handle())),
            Fetched::Module(module) => Entry::Module(HeapObject::new(module.handle())),
        }
    }
}

#[derive(JSTraceable)]
struct Item {
    #[no_trace]
    url: Url,
    #[no_trace]
    kind: ModuleKind,
    entry: Entry,
}

/// The modules of a global.
#[derive(Default, JSTraceable)]
pub(crate) struct ModuleMap {
    items: DomRefCell<Vec<Item>>,
}

impl ModuleMap {
    /// Has `waiter` wait for a module, or tells it at once. True if the module has to be fetched.
    pub(super) fn wait(
        &self,
        cx: &mut JSContext,
        global: &GlobalScope,
        url: &Url,
        kind: ModuleKind,
        waiter: impl ModuleWaiter + 'static,
    ) -> bool {
        let waiter = RootedBox::new(Waiting { waiter: Box::new(waiter) });
        let fetched = {
            let mut items = self.items.borrow_mut();
            match items.iter_mut().find(|item| item.url == *url && item.kind == kind) {
                None => {
                    let entry = Entry::Fetching(vec![*waiter.into_box()]);
                    items.push(Item { url: url.clone(), kind, entry });
                    return true;
                }
                Some(item) => match &mut item.entry {
                    Entry::Fetching(waiting) => {
                        waiting.push(*waiter.into_box());
                        return false;
                    }
                    Entry::Null => Fetched::Null,
                    Entry::ParseError(error) => Fetched::ParseError(error.root()),
                    Entry::Module(module) => Fetched::Module(module.root()),
                },
            }
        };
        waiter.waiter.ready(cx, global, &fetched);
        false
    }

    /// A module that was not fetched by way of this map is there.
    pub(crate) fn insert(&self, url: &Url, kind: ModuleKind, fetched: &Fetched) {
        self.items.borrow_mut().push(Item { url: url.clone(), kind, entry: Entry::of(fetched) });
    }

    /// A fetch is over: everyone who waits for it is told.
    pub(super) fn set(
        &self,
        cx: &mut JSContext,
        global: &GlobalScope,
        url: &Url,
        kind: ModuleKind,
        fetched: &Fetched,
    ) {
        let entry = Entry::of(fetched);
        let waiting = {
            let mut items = self.items.borrow_mut();
            let item = items.iter_mut().find(|item| item.url == *url && item.kind == kind);
            let Some(item) = item else { return };
            match std::mem::replace(&mut item.entry, entry) {
                Entry::Fetching(waiting) => RootedBox::new(waiting),
                _ => return,
            }
        };
        for waiting in waiting.iter() {
            waiting.waiter.ready(cx, global, fetched);
        }
    }
}
