//! Task sources: <https://html.spec.whatwg.org/multipage/webappapis.html#task-source>.

/// Where a task comes from.
///
/// Tasks of one source run in the order in which they were queued. This event loop keeps that order
/// between sources too, which is one of the choices that HTML leaves to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TaskSource {
    /// <https://html.spec.whatwg.org/multipage/webappapis.html#dom-manipulation-task-source>
    DomManipulation,
    /// <https://html.spec.whatwg.org/multipage/webappapis.html#user-interaction-task-source>
    UserInteraction,
    /// <https://html.spec.whatwg.org/multipage/webappapis.html#networking-task-source>
    Networking,
    /// <https://html.spec.whatwg.org/multipage/webappapis.html#navigation-and-traversal-task-source>
    NavigationAndTraversal,
    /// <https://html.spec.whatwg.org/multipage/media.html#media-element-event-task-source>: of all elements.
    MediaElement,
    /// <https://html.spec.whatwg.org/multipage/web-messaging.html#posted-message-task-source>
    PostedMessage,
    /// <https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#timer-task-source>
    Timer,
    /// <https://w3c.github.io/FileAPI/#fileReadingTaskSource>
    FileReading,
    /// <https://w3c.github.io/ServiceWorker/#dfn-client-message-queue>
    ClientMessage,
    /// <https://w3c.github.io/ServiceWorker/#dfn-handle-fetch-task-source>
    HandleFetch,
    /// <https://w3c.github.io/ServiceWorker/#dfn-handle-functional-event-task-source>
    HandleFunctionalEvent,
    /// <https://wicg.github.io/background-fetch/#background-fetch-task-source>
    BackgroundFetch,
    /// <https://w3c.github.io/permissions/#permissions-task-source>
    Permissions,
    /// Work that SpiderMonkey itself hands back to its thread (`Atomics.waitAsync`, WebAssembly).
    Engine,
}
