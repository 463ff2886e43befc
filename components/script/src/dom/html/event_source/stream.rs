//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>

use std::time::Duration;

/// What a stream says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// An event.
    Event {
        /// Its type; empty for `message`.
        type_: String,
        /// Its data.
        data: String,
        /// The last event ID from now on.
        last_event_id: String,
    },
    /// A block without data has set the last event ID.
    LastEventId(String),
    /// How long to wait before the connection is made again.
    ReconnectionTime(Duration),
}

impl Item {
    /// How many bytes its strings have.
    pub(super) fn length(&self) -> usize {
        match self {
            Item::Event { type_, data, last_event_id } => type_.len() + data.len() + last_event_id.len(),
            Item::LastEventId(id) => id.len(),
            Item::ReconnectionTime(_) => 0,
        }
    }
}

/// Reads a stream as it comes.
#[derive(Debug, Default)]
pub(super) struct StreamParser {
    /// The bytes of a line whose end has not come.
    line: Vec<u8>,
    /// The last byte ended a line, and was a carriage return: a line feed after it belongs to it.
    after_carriage_return: bool,
    /// Whether the first line is over, which may begin with a byte order mark.
    has_begun: bool,
    data: String,
    event_type: String,
    last_event_id: String,
}

impl StreamParser {
    /// For a connection of a source that has got as far as this ID.
    pub(super) fn new(last_event_id: String) -> StreamParser {
        StreamParser { last_event_id, ..StreamParser::default() }
    }

    /// More of the stream. What is not followed by an empty line at its end counts for nothing.
    pub(super) fn feed(&mut self, bytes: &[u8], items: &mut Vec<Item>) {
        let mut rest = bytes;
        if self.after_carriage_return && !rest.is_empty() {
            self.after_carriage_return = false;
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        }
        while let Some(end) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            self.line.extend_from_slice(&rest[..end]);
            let was_carriage_return = rest[end] == b'\r';
            rest = &rest[end + 1..];
            if was_carriage_return {
                self.after_carriage_return = rest.is_empty();
                rest = rest.strip_prefix(b"\n").unwrap_or(rest);
            }
            let line = std::mem::take(&mut self.line);
            self.line(&line, items);
        }
        self.line.extend_from_slice(rest);
    }

    /// A line is there as a whole. (No ASCII byte is inside of a character: lines can be decoded one by one.)
    fn line(&mut self, line: &[u8], items: &mut Vec<Item>) {
        let line = match std::mem::replace(&mut self.has_begun, true) {
            true => line,
            false => line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line),
        };
        let (line, _) = encoding_rs::UTF_8.decode_without_bom_handling(line);
        // An empty line ends a block.
        if line.is_empty() {
            self.dispatch(items);
            return;
        }
        match line.split_once(':') {
            // A comment.
            Some(("", _)) => {}
            // A field with a value.
            Some((field, value)) => {
                let value = value.strip_prefix(' ').unwrap_or(value);
                self.field(field, value, items);
            }
            // A field without one.
            None => self.field(&line, "", items),
        }
    }

    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#processField>
    fn field(&mut self, field: &str, value: &str, items: &mut Vec<Item>) {
        match field {
            "event" => value.clone_into(&mut self.event_type),
            "data" => {
                self.data.push_str(value);
                self.data.push('\n');
            }
            "id" if !value.contains('\0') => value.clone_into(&mut self.last_event_id),
            "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                let milliseconds = value.parse().unwrap_or(u64::MAX);
                items.push(Item::ReconnectionTime(Duration::from_millis(milliseconds)));
            }
            _ => {}
        }
    }

    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage>
    fn dispatch(&mut self, items: &mut Vec<Item>) {
        let (type_, mut data) = (std::mem::take(&mut self.event_type), std::mem::take(&mut self.data));
        // 1. It counts even without an event.
        let last_event_id = self.last_event_id.clone();
        // 2.
        if data.is_empty() {
            items.push(Item::LastEventId(last_event_id));
            return;
        }
        // 3.
        data.pop();
        // 4 to 7.
        items.push(Item::Event { type_, data, last_event_id });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(chunks: &[&str]) -> Vec<(String, String, String)> {
        let mut parser = StreamParser::default();
        let mut items = Vec::new();
        for chunk in chunks {
            parser.feed(chunk.as_bytes(), &mut items);
        }
        let event = |item| match item {
            Item::Event { type_, data, last_event_id } => Some((type_, data, last_event_id)),
            _ => None,
        };
        items.into_iter().filter_map(event).collect()
    }

    fn event(type_: &str, data: &str, id: &str) -> (String, String, String) {
        (type_.to_owned(), data.to_owned(), id.to_owned())
    }

    #[test]
    fn lines_end_in_any_of_three_ways_wherever_chunks_do() {
        let stream = "data: a\r\ndata:b\rdata\ndata:  c\n\r\n";
        let all = [event("", "a\nb\n\n c", "")];
        assert_eq!(events(&[stream]), all);
        for cut in 0..stream.len() {
            assert_eq!(events(&[&stream[..cut], &stream[cut..]]), all, "cut at {cut}");
        }
    }

    #[test]
    fn a_block_has_a_type_and_an_id_that_stays() {
        let stream = "\u{feff}event: x\nid: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\nid: 2\0\ndata: d\n\n";
        let all = [event("x", "a", "1"), event("", "b", "1"), event("", "c", ""), event("", "d", "")];
        assert_eq!(events(&[stream]), all);
    }

    #[test]
    fn comments_unknown_fields_and_unfinished_blocks_are_nothing() {
        assert_eq!(events(&[": a\n:data: b\nx: y\n\nData: c\n\n data: d\n\ndata: e\n"]), []);
    }

    #[test]
    fn a_reconnection_time_is_digits() {
        let mut items = Vec::new();
        StreamParser::default().feed(b"retry: 10\nretry: 1x\nretry\nretry: -1\nid: 3\n\n", &mut items);
        let time = Item::ReconnectionTime(Duration::from_millis(10));
        assert_eq!(items, [time, Item::LastEventId("3".into())]);
    }
}
