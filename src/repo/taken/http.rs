//! HTTP and HTTPS, through a proxy where there is one: the only module that names the `ureq` crate.

use super::pace::{Pace, Paced};
use super::{Error, Web};
use rustls::crypto::ring;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;
use tracing::debug;
use ureq::config::Config;
use ureq::http::{HeaderMap, Response, StatusCode};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body, Proxy};

/// How long a connection, or the name of a host, may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How long an answer may take to begin, and to go on.
const ANSWER: Duration = Duration::from_secs(30);

/// How the network is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// The proxy for `http:`, and the variable that names it.
    pub http_proxy: Option<(&'static str, String)>,
    /// The proxy for `https:`, and the variable that names it.
    pub https_proxy: Option<(&'static str, String)>,
    /// The hosts that are reached without, as `NO_PROXY` lists them.
    pub no_proxy: Option<String>,
}

/// What tells whether a file changed since it was fetched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Validators {
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
}

/// An answer.
pub(super) enum Answer {
    /// It is what it was.
    NotModified,
    /// The file.
    File(Box<dyn Read>, Validators),
}

impl Network {
    /// Fetches a file, unless it is what it was.
    pub(super) fn get(&self, url: &Web, known: &Validators) -> Result<Answer, Error> {
        let shown = url.to_string();
        let url = url.secret();
        let mut request = self.agent(&url)?.get(&url);
        for (name, value) in [
            ("If-None-Match", &known.etag),
            ("If-Modified-Since", &known.last_modified),
        ] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        // Nothing of the address, which is a setting.
        debug!("asks a repository for a file of its metadata");
        let answer: Response<Body> = request.call().map_err(|error| Error::Unreachable {
            address: shown.clone(),
            why: why(&error),
        })?;
        match answer.status() {
            StatusCode::NOT_MODIFIED => Ok(Answer::NotModified),
            status if status.is_success() => {
                let validators = validators(answer.headers());
                let (_, body) = answer.into_parts();
                let body = Paced::new(body.into_reader(), Pace::OF_DNF);
                Ok(Answer::File(Box::new(body), validators))
            }
            status => Err(Error::Status {
                address: shown,
                status: status.as_u16(),
            }),
        }
    }

    fn agent(&self, url: &str) -> Result<Agent, Error> {
        let is_plain = url.starts_with("http://");
        let proxy = if is_plain {
            &self.http_proxy
        } else {
            &self.https_proxy
        };
        let proxy = proxy.as_ref().map(|(variable, address)| {
            let proxy = self.proxy(address);
            proxy.map_err(|_| Error::Proxy { variable })
        });
        // What a company's own authority vouches for is good where its machines trust it.
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()));
        let config: Config = Agent::config_builder()
            .proxy(proxy.transpose()?)
            .tls_config(tls.build())
            .user_agent(concat!("cargo-ambot/", env!("CARGO_PKG_VERSION")))
            .http_status_as_error(false)
            .timeout_resolve(Some(CONNECT))
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(ANSWER))
            .timeout_per_read(Some(ANSWER))
            .build();
        Ok(config.new_agent())
    }

    fn proxy(&self, address: &str) -> Result<Proxy, ureq::Error> {
        let plain = Proxy::new(address)?;
        let mut proxy = Proxy::builder(plain.protocol())
            .host(plain.host())
            .port(plain.port());
        if let Some(name) = plain.username() {
            proxy = proxy.username(name);
        }
        if let Some(password) = plain.password() {
            proxy = proxy.password(password);
        }
        let hosts = self.no_proxy.iter().flat_map(|hosts| hosts.split(','));
        for host in hosts.map(str::trim).filter(|host| !host.is_empty()) {
            proxy = proxy.no_proxy(host);
        }
        proxy.build()
    }
}

fn validators(headers: &HeaderMap) -> Validators {
    let get = |name| headers.get(name)?.to_str().ok().map(str::to_owned);
    Validators {
        etag: get("etag"),
        last_modified: get("last-modified"),
    }
}

/// In few words; what a server says is not repeated.
fn why(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Io(error) => error.to_string(),
        // Others repeat the address, which may hold a password.
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => "it is no address".to_owned(),
        ureq::Error::HostNotFound => "there is no such host".to_owned(),
        ureq::Error::ConnectionFailed => "nobody takes the connection".to_owned(),
        ureq::Error::Timeout(_) => "no answer in time".to_owned(),
        ureq::Error::TooManyRedirects => "it is redirected again and again".to_owned(),
        other => crate::rpm::visible(&other.to_string()),
    }
}
