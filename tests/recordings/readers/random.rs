//! Damaged recordings, and secrets in every place of a recording.

#[path = "../../fuzz/src/readers.rs"]
mod target;

#[path = "../../fuzz/src/seeds.rs"]
mod seeds;

use failover_model::trace::reader::{Form, actiontrail, core_log, har, httpx_log};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

use super::origin;

/// Each seed is a recording that its reader reads, and each form has one.
#[test]
fn seeds_are_read_and_damaged_ones_do_no_harm() {
    let seeds = seeds::files("tests/fuzz/seeds/readers");
    let read = |seed: &Vec<u8>| {
        let text = std::str::from_utf8(seed).expect("text");
        let form = Form::of(text).expect("of a known form");
        let trace = form.read(text, &origin()).expect("readable");
        assert!(!trace.exchanges.is_empty(), "{form:?}: {:?}", trace.unused);
        form
    };
    let forms: Vec<Form> = seeds.iter().map(read).collect();
    assert!(Form::ALL.iter().all(|form| forms.contains(form)), "{forms:?}");
    seeds::try_all(target::readers, &seeds, 60);
}

const NAMES: &[&str] = &[
    "AccessKeyId",
    "AccessKeySecret",
    "Signature",
    "SignatureNonce",
    "SecurityToken",
    "BearerToken",
    "x-acs-security-token",
    "AccountPassword",
    "NewPassword",
    "StsToken",
    "Authorization",
    "X-Acs-Credentials-Provider",
];

/// A call with a secret parameter, as each form has it.
fn recordings(name: &str, secret: &str) -> Vec<(Form, String)> {
    let query = format!("Action=FailoverDBCluster&Version=2017-08-01&DBClusterId=pc-1&{name}={secret}");
    let answer = json!({ "Code": "InvalidDBCluster.NotFound", "RequestId": "R", name: secret });
    let at = "2026-01-01T00:00:00.000Z";
    let har = json!({ "log": { "entries": [{
        "startedDateTime": at, "time": 1.5,
        "request": { "url": format!("https://polardb.aliyuncs.com/?{query}"),
            "headers": [{ "name": "Authorization", "value": secret }, { "name": name, "value": secret }],
            "postData": { "mimeType": "application/json", "text": json!({ name: secret }).to_string() } },
        "response": { "status": 404, "content": { "text": answer.to_string() } },
    }] } });
    let event = json!({
        "eventVersion": 1, "eventName": "FailoverDBCluster", "eventTime": at, "apiVersion": "2017-08-01",
        "errorCode": "InvalidDBCluster.NotFound", "errorMessage": "not there",
        "userIdentity": { "accountId": "1234567890123456", "accessKeyId": secret },
        "requestParameters": { "DBClusterId": "pc-1", name: secret, "Nested": { name: [secret] } },
        "responseElements": { name: secret },
    });
    let core = |thread| {
        format!(
            "{thread} 2026-01-01 00:00:00,000 aliyunsdkcore.client DEBUG Request received. Product:None Endpoint:e Params: \
             {{'Action': 'FailoverDBCluster', 'Version': '2017-08-01', 'DBClusterId': 'pc-1', '{name}': '{secret}'}}\n\
             {thread} 2026-01-01 00:00:00,010 aliyunsdkcore.client ERROR ServerException occurred. Host:e SDK-Version:2.16.1 \
             ServerException:HTTP Status: 404 Error:InvalidDBCluster.NotFound {secret} RequestID: R\n"
        )
    };
    let httpx = format!(
        "{at} httpx:body {query}\n{at} httpx:header > POST /?{query} HTTP/1.1\n{at} httpx:header > {name}: {secret}\n\
         {at} httpx:header > Authorization: {secret}\n{at} httpx:header > Content-Length: {}\n\
         {at} httpx:header < HTTP/1.1 404 Not Found\n{at} httpx:header < set-cookie: {secret}\n{at} httpx:body \n{at} httpx:body {answer}\n",
        query.len()
    );
    vec![
        (Form::Har, har.to_string()),
        (Form::ActionTrail, event.to_string()),
        (Form::CoreLog, core(1)),
        (Form::HttpxLog, httpx),
    ]
}

fn no_reader_keeps(name: &str, secret: &str) {
    for (form, text) in recordings(name, secret) {
        assert_eq!(Form::of(&text), Some(form));
        let trace = form.read(&text, &origin()).unwrap();
        assert_eq!(trace.exchanges.len(), 1, "{form:?}: {:?}", trace.unused);
        assert_eq!(trace.exchanges[0].parameters.len(), 1, "{form:?}: {:?}", trace.exchanges);
        assert!(!trace.text().contains(secret), "{form:?} keeps {name}: {}", trace.text());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn secrets_never_come_out(name in select(NAMES), secret in "[a-z0-9]{12,24}") {
        no_reader_keeps(name, &format!("Secret{secret}"));
    }

    /// Lines of the logs in any order, and cut anywhere.
    #[test]
    fn shuffled_lines_do_no_harm(picks in proptest::collection::vec(any::<prop::sample::Index>(), 0..40), cut in any::<prop::sample::Index>()) {
        let texts = seeds::files("tests/fuzz/seeds/readers");
        let texts = texts.iter().map(|seed| String::from_utf8_lossy(seed).into_owned()).collect::<Vec<_>>().join("\n");
        let lines: Vec<&str> = texts.lines().collect();
        let chosen: Vec<&str> = picks.iter().map(|pick| *pick.get(&lines)).collect();
        let text = chosen.join("\n");
        target::readers(text.as_bytes());
        let mut end = cut.index(text.len() + 1);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        target::readers(&text.as_bytes()[..end]);
    }
}

/// The fixed twin.
#[test]
fn a_secret_in_each_place_is_left_out() {
    for name in NAMES {
        no_reader_keeps(name, "SecretOfTheClient");
    }
}

#[test]
fn what_is_of_another_form_is_refused_by_every_reader() {
    for text in ["", "\u{feff}", "no recording", "{", "null", "[1]", "{\"log\":1}", "\0\0\0"] {
        assert!(har(text, &origin()).is_err(), "{text:?}");
        assert!(actiontrail(text, &origin()).is_err(), "{text:?}");
        assert!(core_log(text, &origin()).is_err(), "{text:?}");
        assert!(httpx_log(text, &origin()).is_err(), "{text:?}");
    }
    assert_eq!(Form::of("no recording"), None);
    assert!("nothing".parse::<Form>().unwrap_err().contains("httpx-log"));
    for form in Form::ALL {
        assert_eq!(form.as_str().parse(), Ok(form));
    }
}
