//! One call by aliyun-openapi-core-rust-sdk: `clients-rust CALL`, a JSON object.
//!
//! Prints one JSON object: what the caller got.

use std::time::Duration;

use aliyun_openapi_core_rust_sdk::client::error::Error;
use aliyun_openapi_core_rust_sdk::client::rpc::RPClient;
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let call: Value = serde_json::from_str(&std::env::args().nth(1).ok_or("give a call")?)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let got = match runtime.block_on(made(&call)) {
        Ok(body) => json!({ "ok": true, "body": body }),
        Err(Error::InvalidResponse { error_code, .. }) => {
            json!({ "ok": false, "error": "InvalidResponse", "code": error_code })
        }
        Err(Error::Reqwest(error)) => {
            // What the error itself can be asked for; its text is for people.
            let what = [
                ("timeout", error.is_timeout()),
                ("decode", error.is_decode()),
                ("connect", error.is_connect()),
                ("request", error.is_request()),
            ];
            let what = what.into_iter().find_map(|(name, is)| is.then_some(name));
            json!({ "ok": false, "error": "Reqwest", "code": what })
        }
        Err(error) => json!({ "ok": false, "error": error.to_string(), "code": "" }),
    };
    println!("{got}");
    Ok(())
}

async fn made(call: &Value) -> Result<Value, Error> {
    let text = |name: &str| call[name].as_str().unwrap_or_default().to_owned();
    let parameters = call["parameters"].as_object().into_iter().flatten();
    let parameters = parameters.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    let endpoint = format!("http://{}/", text("endpoint"));
    let client = RPClient::new(text("account"), "secret", endpoint).version(text("version"));
    let mut client = client.post(text("action")).query(parameters);
    if let Some(ms) = call["read_timeout"].as_u64() {
        client = client.timeout(Duration::from_millis(ms));
    }
    client.json().await
}
