//! Parse a date (<https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-parse-a-date>).

use std::time::SystemTime;

use time::{Date, Month, PrimitiveDateTime, Time};

/// The date that an `Expires` attribute says, in one of the many ways in which servers say it.
pub(super) fn parse_date(input: &[u8]) -> Option<SystemTime> {
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    // 1.–2. Each token is the first thing that it can be and that has not been found yet.
    for token in input.split(|byte| is_delimiter(*byte)).filter(|token| !token.is_empty()) {
        if time.is_none()
            && let Some(found) = time_of(token)
        {
            time = Some(found);
        } else if day.is_none()
            && let Some(found) = number(token, 1, 2)
        {
            day = Some(found);
        } else if month.is_none()
            && let Some(found) = month_of(token)
        {
            month = Some(found);
        } else if year.is_none()
            && let Some(found) = number(token, 2, 4)
        {
            year = Some(found);
        }
    }
    // 3.–4. Years of two digits.
    let year = match year? {
        year @ 70..=99 => year + 1900,
        year @ 0..=69 => year + 2000,
        year => year,
    };
    // 5.–6. All there, and on the calendar.
    if year < 1601 {
        return None;
    }
    let (hour, minute, second) = time?;
    let date = Date::from_calendar_date(year.into(), month?, u8::try_from(day?).ok()?).ok()?;
    let time = Time::from_hms(hour, minute, second).ok()?;
    // 7. In UTC.
    Some(PrimitiveDateTime::new(date, time).assume_utc().into())
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, 0x09 | 0x20..=0x2F | 0x3B..=0x40 | 0x5B..=0x60 | 0x7B..=0x7E)
}

/// A number of `least` to `most` digits, with anything but a digit behind it.
fn number(token: &[u8], least: usize, most: usize) -> Option<u16> {
    let digits = token.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(least..=most).contains(&digits) {
        return None;
    }
    std::str::from_utf8(&token[..digits]).ok()?.parse().ok()
}

fn month_of(token: &[u8]) -> Option<Month> {
    const NAMES: [&[u8]; 12] =
        [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];
    let name = token.get(..3)?.to_ascii_lowercase();
    let index = NAMES.iter().position(|known| *known == name)?;
    Some(Month::January.nth_next(index as u8))
}

/// `h:m:s`, each of one or two digits.
fn time_of(token: &[u8]) -> Option<(u8, u8, u8)> {
    let mut fields = token.splitn(3, |byte| *byte == b':');
    let mut whole = || {
        let field = fields.next()?;
        field.iter().all(u8::is_ascii_digit).then(|| number(field, 1, 2))?
    };
    let (hour, minute) = (whole()?, whole()?);
    let second = number(fields.next()?, 1, 2)?;
    Some((u8::try_from(hour).ok()?, u8::try_from(minute).ok()?, u8::try_from(second).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<i64> {
        parse_date(text.as_bytes()).map(|time| match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => since.as_secs() as i64,
            Err(before) => -(before.duration().as_secs() as i64),
        })
    }

    #[test]
    fn a_date_is_found_in_many_ways_of_writing_it() {
        let expected = Some(784_111_777);
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "08:49:37 6 november 1994",
            "6/Nov/1994, 8:49:37zzz",
            "1994 nonsense 08:49:37 0 6x Nov",
        ] {
            let found = seconds(text);
            // In the last one the year comes as the day: nothing is found.
            assert_eq!(found, if text.starts_with("1994") { None } else { expected }, "{text}");
        }
    }

    #[test]
    fn years_of_two_digits_are_near() {
        assert_eq!(seconds("1 Jan 70 00:00:00"), Some(0));
        assert_eq!(seconds("1 Jan 69 00:00:00"), Some(3_124_224_000));
        assert_eq!(seconds("1 Jan 1601 00:00:00"), Some(-11_644_473_600));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "tomorrow",
            "31 Feb 2030 00:00:00",
            "1 Jan 1600 00:00:00",
            "1 Jan 2030 24:00:00",
            "1 Jan 2030 00:60:00",
            "1 Jan 2030 00:00:60",
            "0 Jan 2030 00:00:00",
            "32 Jan 2030 00:00:00",
            "1 Jan 2030",
            "1 Jan 20300 00:00:00",
            "1 Jan 2030 00:00",
            "1 Jan 2030 000:00:00",
            "1 Jan 2030 0:0:",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
