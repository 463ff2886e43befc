//! Resolving domains (<https://fetch.spec.whatwg.org/#resolving-domains>), and the way to one of the addresses.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use fetch::secure_contexts::is_localhost;
use fetch::{NetworkError, NetworkErrorKind};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::net::TcpStream;
use url::Host;

use crate::HostRules;

/// How long an address may keep us waiting before the next one is tried beside it (RFC 8305's connection attempt
/// delay).
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// Resolve an origin (<https://fetch.spec.whatwg.org/#resolve-an-origin>): rules first, then addresses, loopback
/// names, and name servers.
pub(crate) async fn resolve(
    rules: &HostRules,
    host: &Host<String>,
    port: u16,
) -> Result<Vec<SocketAddr>, NetworkError> {
    let name = match host {
        Host::Domain(domain) => domain.clone(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    };
    match rules.lookup(&name, port) {
        Some(Some(address)) => return Ok(vec![address]),
        Some(None) => {
            let message = format!("the name {name} does not resolve: a host rule says so");
            return Err(NetworkError::new(NetworkErrorKind::Dns, message));
        }
        None => {}
    }
    match host {
        // 2. An IP address is its own.
        Host::Ipv4(address) => Ok(vec![SocketAddr::new(IpAddr::V4(*address), port)]),
        Host::Ipv6(address) => Ok(vec![SocketAddr::new(IpAddr::V6(*address), port)]),
        // 3. Localhost is the loopback interface, without asking anybody.
        Host::Domain(domain) if is_localhost(domain) => Ok(vec![
            SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port),
            SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), port),
        ]),
        // 5. Others are asked for.
        Host::Domain(domain) => {
            let found = tokio::net::lookup_host((domain.as_str(), port)).await;
            let addresses: Vec<_> = found.map_err(|cause| dns_error(domain, &cause.to_string()))?.collect();
            if addresses.is_empty() {
                return Err(dns_error(domain, "it has no address"));
            }
            Ok(addresses)
        }
    }
}

fn dns_error(domain: &str, reason: &str) -> NetworkError {
    NetworkError {
        // The system's resolver says in words alone whether it got an answer at all.
        temporary: reason.contains("Temporary failure"),
        ..NetworkError::new(NetworkErrorKind::Dns, format!("the name {domain} does not resolve: {reason}"))
    }
}

/// Connects to the first address that answers, a slow one not holding up the others (RFC 8305, in short).
pub(crate) async fn connect(addresses: &[SocketAddr]) -> Result<(TcpStream, SocketAddr), NetworkError> {
    let mut waiting = addresses.iter().copied();
    let mut running = FuturesUnordered::new();
    let mut failures = Vec::new();
    loop {
        // The next address; then whatever comes first of an answer and, where there are more, the delay.
        if let Some(address) = waiting.next() {
            running.push(async move { (address, TcpStream::connect(address).await) });
        }
        let answer = match waiting.len() {
            0 => running.next().await,
            _ => match tokio::time::timeout(ATTEMPT_DELAY, running.next()).await {
                Ok(answer) => answer,
                Err(_) => continue,
            },
        };
        match answer {
            Some((address, Ok(stream))) => return Ok((stream, address)),
            Some((address, Err(error))) => failures.push((address, error)),
            None => break,
        }
    }
    let reasons: Vec<_> = failures.iter().map(|(address, error)| format!("{address}: {error}")).collect();
    let first = failures.first().map(|(address, _)| *address);
    // One refusal says enough: the others may be addresses of a kind that this machine can't reach at all.
    let is_refused = failures.iter().any(|(_, error)| error.kind() == io::ErrorKind::ConnectionRefused);
    Err(NetworkError::temporary(
        if is_refused { NetworkErrorKind::Refused } else { NetworkErrorKind::Connect },
        format!("no connection to the server: {}", reasons.join("; ")),
    )
    .with_address(first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    async fn resolved(rules: &[&str], host: &str, port: u16) -> Result<Vec<String>, NetworkError> {
        let rules = rules.iter().map(|rule| rule.parse().unwrap()).collect();
        let addresses = resolve(&rules, &Host::parse(host).unwrap(), port).await?;
        Ok(addresses.iter().map(ToString::to_string).collect())
    }

    #[tokio::test]
    async fn rules_come_first_then_addresses_and_localhost() {
        assert_eq!(resolved(&["a.test=127.0.0.9:1"], "a.test", 80).await.unwrap(), ["127.0.0.9:1"]);
        assert_eq!(resolved(&["10.0.0.1=127.0.0.9"], "10.0.0.1", 80).await.unwrap(), ["127.0.0.9:80"]);
        assert_eq!(resolved(&[], "10.0.0.1", 80).await.unwrap(), ["10.0.0.1:80"]);
        assert_eq!(resolved(&[], "[::2]", 80).await.unwrap(), ["[::2]:80"]);
        assert_eq!(resolved(&[], "x.localhost", 80).await.unwrap(), ["127.0.0.1:80", "[::1]:80"]);
    }

    #[tokio::test]
    async fn a_name_may_be_ruled_out() {
        let error = resolved(&["*=none"], "a.test", 80).await.unwrap_err();
        assert_eq!((error.kind, error.temporary), (NetworkErrorKind::Dns, false));
        assert!(error.message.contains("a.test"), "{error}");
    }

    #[test]
    fn a_resolver_without_an_answer_is_temporary() {
        let silent = "failed to lookup address information: Temporary failure in name resolution";
        assert!(dns_error("a.test", silent).temporary);
        assert!(!dns_error("a.test", "Name or service not known").temporary);
    }

    #[tokio::test]
    async fn a_dead_address_does_not_keep_us_from_the_next() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let alive = listener.local_addr().unwrap();
        let dead = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let (_, address) = connect(&[dead, alive]).await.unwrap();
        assert_eq!(address, alive);
        let error = connect(&[dead]).await.unwrap_err();
        assert_eq!((error.kind, error.temporary), (NetworkErrorKind::Refused, true));
        assert!(error.message.contains(&dead.to_string()), "{error}");
    }
}
