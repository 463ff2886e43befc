//! Host rules: where a name leads, before name servers are asked.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

/// A list of rules; the first that matches decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostRules(pub Vec<HostRule>);

/// A rule, written `HOST[:PORT]=ADDRESS[:PORT]`: `a.test=127.0.0.1:8443`, `*.test=[::1]`, `*:443=127.0.0.1:8443`,
/// `nowhere.test=none`.
///
/// In `HOST`, `*` stands for any characters. Without a port on the left, all ports match; without one on the
/// right, the URL's stays. `none` is a name that does not resolve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostRule {
    pattern: String,
    port: Option<u16>,
    target: Target,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Address { ip: IpAddr, port: Option<u16> },
    None,
}

/// A text that is not a host rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a host rule: {reason}; write HOST[:PORT]=ADDRESS[:PORT], as in *.test=127.0.0.1:8443"
)]
pub struct ParseHostRuleError {
    text: String,
    reason: &'static str,
}

impl HostRules {
    /// What the rules say of a host and a port: nothing, an address, or that the name does not resolve.
    pub(crate) fn lookup(&self, host: &str, port: u16) -> Option<Option<SocketAddr>> {
        let rule = self.0.iter().find(|rule| rule.matches(host, port))?;
        Some(match rule.target {
            Target::Address { ip, port: to } => Some(SocketAddr::new(ip, to.unwrap_or(port))),
            Target::None => None,
        })
    }
}

impl HostRule {
    fn matches(&self, host: &str, port: u16) -> bool {
        self.port.is_none_or(|own| own == port) && glob_matches(&self.pattern, &host.to_ascii_lowercase())
    }
}

/// Whether `text` matches `pattern`, in which `*` stands for any characters.
fn glob_matches(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        // The leftmost place leaves most to what follows.
        let Some(at) = text.find(part) else { return false };
        text = &text[at + part.len()..];
    }
    text.ends_with(last)
}

/// Splits `name[:port]`, where the name may be a bracketed IPv6 address; the brackets go.
fn split_port(text: &str) -> Result<(&str, Option<u16>), &'static str> {
    let (name, port) = match text.strip_prefix('[') {
        Some(bracketed) => match bracketed.split_once(']') {
            Some((name, "")) => (name, None),
            Some((name, rest)) => (name, Some(rest.strip_prefix(':').ok_or("text behind the bracket")?)),
            None => return Err("a bracket is not closed"),
        },
        None if text.parse::<Ipv6Addr>().is_ok() => (text, None),
        None => match text.rsplit_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (text, None),
        },
    };
    if name.is_empty() {
        return Err("a host or an address is empty");
    }
    let port = port.map(|port| port.parse().map_err(|_| "a port is not a number up to 65535")).transpose()?;
    Ok((name, port))
}

impl FromStr for HostRule {
    type Err = ParseHostRuleError;

    fn from_str(text: &str) -> Result<Self, ParseHostRuleError> {
        let error = |reason| ParseHostRuleError { text: text.to_owned(), reason };
        let (left, right) = text.split_once('=').ok_or_else(|| error("there is no `=`"))?;
        let (pattern, port) = split_port(left.trim()).map_err(error)?;
        let right = right.trim();
        let target = if right == "none" {
            Target::None
        } else {
            let (address, port) = split_port(right).map_err(error)?;
            let ip = match address {
                "localhost" => IpAddr::from([127, 0, 0, 1]),
                other => other.parse().map_err(|_| error("the right side is not an IP address"))?,
            };
            Target::Address { ip, port }
        };
        Ok(HostRule { pattern: pattern.to_ascii_lowercase(), port, target })
    }
}

impl FromIterator<HostRule> for HostRules {
    fn from_iter<I: IntoIterator<Item = HostRule>>(rules: I) -> Self {
        HostRules(rules.into_iter().collect())
    }
}

impl fmt::Display for HostRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bracket = self.pattern.contains(':');
        if bracket {
            write!(f, "[{}]", self.pattern)?
        } else {
            f.write_str(&self.pattern)?
        }
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        match self.target {
            Target::None => f.write_str("=none"),
            Target::Address { ip, port: Some(port) } => write!(f, "={}", SocketAddr::new(ip, port)),
            Target::Address { ip, port: None } => write!(f, "={ip}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(rules: &[&str], host: &str, port: u16) -> Option<Option<String>> {
        let rules: HostRules = rules.iter().map(|rule| rule.parse::<HostRule>().unwrap()).collect();
        rules.lookup(host, port).map(|target| target.map(|address| address.to_string()))
    }

    fn to(address: &str) -> Option<Option<String>> {
        Some(Some(address.to_owned()))
    }

    #[test]
    fn a_name_leads_to_an_address_and_keeps_its_port() {
        assert_eq!(lookup(&["a.test=127.0.0.1:8443"], "A.test", 443), to("127.0.0.1:8443"));
        assert_eq!(lookup(&["a.test=127.0.0.1"], "a.test", 443), to("127.0.0.1:443"));
        assert_eq!(lookup(&["a.test=[::1]:81"], "a.test", 80), to("[::1]:81"));
        assert_eq!(lookup(&["a.test=::1"], "a.test", 80), to("[::1]:80"));
        assert_eq!(lookup(&["a.test=localhost:5"], "a.test", 80), to("127.0.0.1:5"));
        assert_eq!(lookup(&["a.test=127.0.0.1"], "b.a.test", 443), None);
    }

    #[test]
    fn stars_stand_for_anything() {
        assert_eq!(lookup(&["*.test=127.0.0.1"], "x.y.test", 80), to("127.0.0.1:80"));
        assert_eq!(lookup(&["*.test=127.0.0.1"], "test", 80), None);
        assert_eq!(lookup(&["*=127.0.0.1:9"], "example.com", 443), to("127.0.0.1:9"));
        assert_eq!(lookup(&["a*b*c=127.0.0.1"], "a-b-b-c", 1), to("127.0.0.1:1"));
        assert_eq!(lookup(&["a*b*c=127.0.0.1"], "a-c-b", 1), None);
        assert_eq!(lookup(&["ab*ba=127.0.0.1"], "aba", 1), None);
    }

    #[test]
    fn the_first_match_decides_and_ports_can_be_told_apart() {
        let rules = ["a.test:80=127.0.0.1:1", "a.test=127.0.0.1:2", "*=none"];
        assert_eq!(lookup(&rules, "a.test", 80), to("127.0.0.1:1"));
        assert_eq!(lookup(&rules, "a.test", 443), to("127.0.0.1:2"));
        assert_eq!(lookup(&rules, "b.test", 443), Some(None));
        assert_eq!(lookup(&["*:443=127.0.0.1:8443"], "x.example", 443), to("127.0.0.1:8443"));
    }

    #[test]
    fn what_is_not_a_rule_says_why() {
        for text in ["a.test", "=127.0.0.1", "a.test=", "a.test=b.test", "a:x=127.0.0.1", "a=127.0.0.1:70000"]
        {
            let error = text.parse::<HostRule>().unwrap_err().to_string();
            assert!(error.contains(text) && error.contains("write HOST"), "{error}");
        }
        assert!("a=[::1".parse::<HostRule>().is_err() && "a=[::1]x".parse::<HostRule>().is_err());
    }

    #[test]
    fn a_rule_is_written_as_it_is_read() {
        for text in ["a.test=127.0.0.1:8443", "*.test:443=127.0.0.1", "[::2]:80=[::1]:81", "*=none"] {
            assert_eq!(text.parse::<HostRule>().unwrap().to_string(), text);
        }
    }
}
