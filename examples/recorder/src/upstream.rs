//! The service behind the proxy, and one exchange with it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hyper::client::conn::http1;
use hyper::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::body::Begun;

/// How long a connection may take to be made.
const CONNECTING: Duration = Duration::from_secs(10);

/// The service behind the proxy: where it is and how it is spoken to.
#[derive(Clone)]
pub struct Upstream {
    host: String,
    port: u16,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl std::fmt::Debug for Upstream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Failed {
    /// The service was not reached, so the call had no effect.
    Unreached(String),
    /// The connection ended, or the time did, after the call was sent: it took effect or did not.
    Lost(String),
}

impl Upstream {
    /// The service at an address such as `https://ebs.cn-shanghai.aliyuncs.com`. Certificates are verified by the roots of
    /// Mozilla, or by those of the PEM file `roots` alone.
    ///
    /// # Errors
    ///
    /// What is wrong with the address or the file, in words.
    pub fn at(url: &str, roots: Option<&Path>) -> Result<Self, String> {
        let uri: Uri = url.parse().map_err(|error| format!("{url} is no address: {error}"))?;
        let host = uri.host().ok_or_else(|| format!("{url} names no host"))?.to_owned();
        if uri.path_and_query().is_some_and(|path| path.as_str() != "/") {
            return Err(format!("{url} has a path, and a call has none"));
        }
        let (tls, port) = match uri.scheme_str() {
            Some("http") => (None, 80),
            Some("https") => (Some(tls(&host, roots)?), 443),
            _ => return Err(format!("{url} begins with neither http:// nor https://")),
        };
        Ok(Self { host, port: uri.port_u16().unwrap_or(port), tls })
    }

    /// The host.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Sends a request over a connection of its own and waits for the head of the answer. A connection that was kept could
    /// have been closed by the service just then, which would look like a lost answer.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub async fn send(&self, request: Request<Begun>) -> Result<Response<hyper::body::Incoming>, Failed> {
        let unreached = |error: &dyn std::fmt::Display| {
            Failed::Unreached(format!("{}:{} is not reached: {error}", self.host, self.port))
        };
        let connected = tokio::time::timeout(CONNECTING, async {
            let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
            stream.set_nodelay(true)?;
            match &self.tls {
                None => Ok(Stream::Plain(stream)),
                Some((tls, name)) => Ok(Stream::Tls(Box::new(tls.connect(name.clone(), stream).await?))),
            }
        });
        let stream: std::io::Result<Stream> =
            connected.await.map_err(|_| unreached(&"it takes too long to connect"))?;
        match stream.map_err(|error| unreached(&error))? {
            Stream::Plain(stream) => exchange(stream, request).await,
            Stream::Tls(stream) => exchange(stream, request).await,
        }
    }
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<tokio_rustls::client::TlsStream<TcpStream>>),
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    request: Request<Begun>,
) -> Result<Response<hyper::body::Incoming>, Failed> {
    let handshake = http1::Builder::new().preserve_header_case(true).handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|error| Failed::Unreached(error.to_string()))?;
    // It ends with the exchange; what is wrong with it, the exchange tells.
    tokio::spawn(connection);
    sender.send_request(request).await.map_err(|error| Failed::Lost(error.to_string()))
}

fn tls(host: &str, roots: Option<&Path>) -> Result<(TlsConnector, ServerName<'static>), String> {
    let mut store = RootCertStore::empty();
    match roots {
        None => store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(file) => {
            let unread = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
            for root in CertificateDer::pem_file_iter(file).map_err(|error| unread(&error))? {
                let root = root.map_err(|error| unread(&error))?;
                store.add(root).map_err(|error| unread(&error))?;
            }
            if store.is_empty() {
                return Err(unread(&"it holds no certificate"));
            }
        }
    }
    let name = ServerName::try_from(host.to_owned()).map_err(|error| format!("{host}: {error}"))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(store)
        .with_no_client_auth();
    Ok((TlsConnector::from(Arc::new(config)), name))
}
