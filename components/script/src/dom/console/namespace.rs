//! <https://console.spec.whatwg.org/#console-namespace>

use std::time::Instant;

use super::formatter::format;
use super::inspect::inspect;
use super::state::console_message;
use crate::bindings::namespaces::ConsoleMethods;
use crate::embedder::ConsoleLevel;
use crate::webidl::*;

/// The namespace object `console`.
#[dom_namespace]
pub struct Console;

/// <https://console.spec.whatwg.org/#logger>
fn log(cx: &mut JSContext, global: &GlobalScope, level: ConsoleLevel, data: &[RootedValue]) -> Fallible<()> {
    // 1. Nothing.
    if data.is_empty() {
        return Ok(());
    }
    // 2 to 5. Formatted, then printed.
    let text = format(cx, data);
    console_message(global, level, text);
    Ok(())
}

fn milliseconds(since: Instant) -> String {
    format!("{:.3} ms", since.elapsed().as_secs_f64() * 1000.0)
}

impl ConsoleMethods for Console {
    /// <https://console.spec.whatwg.org/#assert>
    fn Assert(
        cx: &mut JSContext,
        global: &GlobalScope,
        condition: bool,
        data: Vec<RootedValue>,
    ) -> Fallible<()> {
        // 1. As it should be.
        if condition {
            return Ok(());
        }
        // 2 to 4. Say that it failed, with what is given.
        let text = format(cx, &data);
        let text =
            if text.is_empty() { "Assertion failed".to_owned() } else { format!("Assertion failed: {text}") };
        console_message(global, ConsoleLevel::Error, text);
        Ok(())
    }

    /// <https://console.spec.whatwg.org/#clear>
    fn Clear(_cx: &mut JSContext, global: &GlobalScope) -> Fallible<()> {
        // What was said was said; only the groups end.
        global.console().groups.set(0);
        Ok(())
    }

    /// <https://console.spec.whatwg.org/#debug>
    fn Debug(cx: &mut JSContext, global: &GlobalScope, data: Vec<RootedValue>) -> Fallible<()> {
        log(cx, global, ConsoleLevel::Debug, &data)
    }

    /// <https://console.spec.whatwg.org/#error>
    fn Error(cx: &mut JSContext, global: &GlobalScope, data: Vec<RootedValue>) -> Fallible<()> {
        log(cx, global, ConsoleLevel::Error, &data)
    }

    /// <https://console.spec.whatwg.org/#info>
    fn Info(cx: &mut JSContext, global: &GlobalScope, data: Vec<RootedValue>) -> Fallible<()> {
        log(cx, global, ConsoleLevel::Info, &data)
    }

    /// <https://console.spec.whatwg.org/#log>
    fn Log(cx: &mut JSContext, global: &GlobalScope, data: Vec<RootedValue>) -> Fallible<()> {
        log(cx, global, ConsoleLevel::Log, &data)
    }

    /// <https://console.spec.whatwg.org/#table>
    fn Table(
        cx: &mut JSContext,
        global: &GlobalScope,
        data: HandleValue<'_>,
        _properties: Option<Vec<DOMString>>,
    ) -> Fallible<()> {
        // 1. What can't be a table is logged; there is nothing that could show one, so all of it is.
        log(cx, global, ConsoleLevel::Log, &[RootedValue::from(data)])
    }

    /// <https://console.spec.whatwg.org/#trace>
    fn Trace(cx: &mut JSContext, global: &GlobalScope, data: Vec<RootedValue>) -> Fallible<()> {
        // 1 to 3. The stack, headed by what is given.
        let text = format(cx, &data);
        let stack = crate::runtime::exception::current_stack(cx).unwrap_or_default();
        let heading = if text.is_empty() { "console.trace".to_owned() } else { text };
        console_message(global, ConsoleLevel::Log, format!("{heading}\n{stack}"));
        Ok(())
    }

    /// <https://console.spec.whatwg.org/#warn>
    fn Warn(cx: &mut JSContext, global: &GlobalScope, data: Vec<RootedValue>) -> Fallible<()> {
        log(cx, global, ConsoleLevel::Warn, &data)
    }

    /// <https://console.spec.whatwg.org/#dir>
    fn Dir(
        cx: &mut JSContext,
        global: &GlobalScope,
        item: HandleValue<'_>,
        _options: Option<HandleObject<'_>>,
    ) -> Fallible<()> {
        let text = inspect(cx, item);
        console_message(global, ConsoleLevel::Log, text);
        Ok(())
    }

    /// <https://console.spec.whatwg.org/#dirxml>
    fn Dirxml(cx: &mut JSContext, global: &GlobalScope, data: Vec<RootedValue>) -> Fallible<()> {
        log(cx, global, ConsoleLevel::Log, &data)
    }

    /// <https://console.spec.whatwg.org/#count>
    fn Count(_cx: &mut JSContext, global: &GlobalScope, label: DOMString) -> Fallible<()> {
        let count = {
            let mut counts = global.console().counts.borrow_mut();
            let count = counts.entry(label.to_string()).or_insert(0);
            *count += 1;
            *count
        };
        console_message(global, ConsoleLevel::Info, format!("{label}: {count}"));
        Ok(())
    }

    /// <https://console.spec.whatwg.org/#countreset>
    fn CountReset(_cx: &mut JSContext, global: &GlobalScope, label: DOMString) -> Fallible<()> {
        if global.console().counts.borrow_mut().remove(&*label).is_none() {
            console_message(global, ConsoleLevel::Warn, format!("the counter `{label}` does not exist"));
        }
        Ok(())
    }

    /// <https://console.spec.whatwg.org/#group>
    fn Group(cx: &mut JSContext, global: &GlobalScope, data: Vec<RootedValue>) -> Fallible<()> {
        // 1 to 4. A heading.
        let text = format(cx, &data);
        console_message(
            global,
            ConsoleLevel::Log,
            if text.is_empty() { "console.group".into() } else { text },
        );
        // 5. What comes is in the group.
        let groups = &global.console().groups;
        groups.set(groups.get() + 1);
        Ok(())
    }

    /// <https://console.spec.whatwg.org/#groupcollapsed>
    fn GroupCollapsed(cx: &mut JSContext, global: &GlobalScope, data: Vec<RootedValue>) -> Fallible<()> {
        Self::Group(cx, global, data)
    }

    /// <https://console.spec.whatwg.org/#groupend>
    fn GroupEnd(_cx: &mut JSContext, global: &GlobalScope) -> Fallible<()> {
        let groups = &global.console().groups;
        groups.set(groups.get().saturating_sub(1));
        Ok(())
    }

    /// <https://console.spec.whatwg.org/#time>
    fn Time(_cx: &mut JSContext, global: &GlobalScope, label: DOMString) -> Fallible<()> {
        let exists = global.console().timers.borrow().contains_key(&*label);
        if exists {
            console_message(global, ConsoleLevel::Warn, format!("the timer `{label}` exists already"));
        } else {
            global.console().timers.borrow_mut().insert(label.to_string(), Instant::now());
        }
        Ok(())
    }

    /// <https://console.spec.whatwg.org/#timelog>
    fn TimeLog(
        cx: &mut JSContext,
        global: &GlobalScope,
        label: DOMString,
        data: Vec<RootedValue>,
    ) -> Fallible<()> {
        let since = global.console().timers.borrow().get(&*label).copied();
        let Some(since) = since else {
            console_message(global, ConsoleLevel::Warn, format!("the timer `{label}` does not exist"));
            return Ok(());
        };
        let duration = milliseconds(since);
        let text = data.iter().map(|value| inspect(cx, value.handle())).collect::<Vec<_>>().join(" ");
        console_message(
            global,
            ConsoleLevel::Log,
            format!("{label}: {duration} {text}").trim_end().to_owned(),
        );
        Ok(())
    }

    /// <https://console.spec.whatwg.org/#timeend>
    fn TimeEnd(_cx: &mut JSContext, global: &GlobalScope, label: DOMString) -> Fallible<()> {
        let since = global.console().timers.borrow_mut().remove(&*label);
        let (level, text) = match since {
            Some(since) => (ConsoleLevel::Info, format!("{label}: {}", milliseconds(since))),
            None => (ConsoleLevel::Warn, format!("the timer `{label}` does not exist")),
        };
        console_message(global, level, text);
        Ok(())
    }
}
