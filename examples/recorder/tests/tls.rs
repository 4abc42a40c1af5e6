//! A service behind HTTPS: recorded alike, and only if its certificate is trusted.

mod support;

use std::sync::Arc;

use failover_recorder::upstream::Upstream;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use support::{File, PATIENCE, POLARDB, Running};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

const BODY: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Length: 17\r\nConnection: close\r\n\r\n{\"RequestId\":\"R\"}";

#[test]
fn a_service_behind_https_is_recorded_if_it_is_trusted() {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let roots = std::env::temp_dir().join(format!("failover-recorder-{}-roots.pem", std::process::id()));
    std::fs::write(&roots, own.cert.pem()).expect("a file");
    let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions");
    let config =
        config.with_no_client_auth().with_single_cert(vec![own.cert.der().clone()], key).expect("a config");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let service = Running::start(|listener, _| async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = [0; 65_536];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(BODY).await;
            let _ = stream.shutdown().await;
        }
    });
    let url = format!("https://localhost:{}", service.address.port());
    let call = |proxy: &Running| proxy.call(POLARDB, "FailoverDBCluster", &[("DBClusterId", "pc-1")]);

    let file = File::new("trusted");
    let (proxy, _) = Running::proxy(&url, Some(&roots), &file, PATIENCE);
    assert_eq!(call(&proxy).text("RequestId"), "R");
    assert_eq!(file.trace().exchanges.len(), 1);

    // Nobody vouches for it here: it is not spoken to, and nothing is sent.
    let file = File::new("untrusted");
    let (proxy, counted) = Running::proxy(&url, None, &file, PATIENCE);
    assert_eq!(call(&proxy).status, 502);
    assert_eq!((file.trace().exchanges.len(), counted.unrecorded()), (0, 1));
    let _ = std::fs::remove_file(&roots);
}

#[test]
fn an_address_that_cannot_be_meant_is_refused_in_words() {
    for (url, why) in [
        ("", "no address"),
        ("ebs.aliyuncs.com", "begins with neither"),
        ("ftp://ebs.aliyuncs.com", "begins with neither"),
        ("http://ebs.aliyuncs.com/path", "has a path"),
        ("/path", "names no host"),
    ] {
        let told = Upstream::at(url, None).expect_err("it is refused");
        assert!(told.contains(why), "{url}: {told}");
    }
    let missing = std::path::Path::new("no-such-file.pem");
    assert!(
        Upstream::at("https://a.example", Some(missing))
            .expect_err("it is refused")
            .contains("no-such-file.pem")
    );
}
