//! <https://console.spec.whatwg.org/#formatter>

#![expect(unsafe_code, reason = "converts values")]

use mozjs::rust::ToNumber;
use mozjs::rust::wrappers2::JS_ClearPendingException;

use super::inspect::{inspect, text_of_string};
use crate::webidl::*;

/// The arguments of `console.log` and its like as one text.
pub(super) fn format(cx: &mut JSContext, data: &[RootedValue]) -> String {
    let mut rest = data.iter();
    let mut text = String::new();
    // A string may say how those after it are to be shown.
    if let Some(first) = data.first().filter(|first| first.handle().is_string()) {
        rest.next();
        text = text_of_string(cx, first.handle());
        if data.len() > 1 {
            text = specified(cx, &text, &mut rest);
        }
    } else if let Some(first) = rest.next() {
        text = show(cx, first.handle());
    }
    for value in rest {
        text.push(' ');
        text += &show(cx, value.handle());
    }
    text
}

/// Strings as they are, all else so that one sees what it is.
fn show(cx: &mut JSContext, value: HandleValue<'_>) -> String {
    if value.is_string() { text_of_string(cx, value) } else { inspect(cx, value) }
}

/// Steps 4 to 7: `%` and a letter take the next argument.
fn specified<'a>(
    cx: &mut JSContext,
    pattern: &str,
    arguments: &mut impl Iterator<Item = &'a RootedValue>,
) -> String {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('%') {
        text += before;
        let specifier = after.chars().next();
        rest = match specifier {
            Some('%') => {
                text.push('%');
                &after[1..]
            }
            Some(specifier @ ('s' | 'd' | 'i' | 'f' | 'o' | 'O' | 'c')) => {
                match arguments.next() {
                    Some(value) => text += &convert(cx, specifier, value.handle()),
                    // There are no more: it stands as it is.
                    None => text.extend(['%', specifier]),
                }
                &after[1..]
            }
            _ => {
                text.push('%');
                after
            }
        };
    }
    text + rest
}

fn convert(cx: &mut JSContext, specifier: char, value: HandleValue<'_>) -> String {
    match specifier {
        's' => show(cx, value),
        'd' | 'i' => number(cx, value).map_or("NaN".into(), |number| {
            if number.is_nan() { "NaN".into() } else { format!("{}", number.trunc()) }
        }),
        'f' => number(cx, value).map_or("NaN".into(), |number| format!("{number}")),
        // There is no style here.
        'c' => String::new(),
        _ => inspect(cx, value),
    }
}

/// NB: the spec says `parseInt` and `parseFloat`; only trailing garbage tells the difference.
fn number(cx: &mut JSContext, value: HandleValue<'_>) -> Option<f64> {
    if value.is_symbol() {
        return None;
    }
    // SAFETY: `value` is rooted.
    match unsafe { ToNumber(cx, value) } {
        Ok(number) => Some(number),
        Err(()) => {
            // SAFETY: no precondition.
            unsafe { JS_ClearPendingException(cx) };
            None
        }
    }
}
