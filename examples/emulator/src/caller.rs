//! What an HTTP request says: who calls, where, which action, with which parameters.
//!
//! What a request means is read by the library; here is only where its parts come from.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use failover_model::Refusal;
use failover_model::trace::is_secret;
use failover_model::trace::reader::Call as Called;
use failover_model::wire::{Format, Parameters, Parsed, WireRefusal, parse};
use failover_model::{AccountId, Basis, Operation, Product, RegionId, RuleId, WireError};
use percent_encoding::percent_decode_str;

use crate::journal::Said;

/// The most of a client's own text that is repeated.
const QUOTED: usize = 128;

/// What is meant by a request that does not say it.
#[derive(Debug, Clone, Copy)]
pub struct Defaults<'a> {
    /// The account.
    pub account: &'a AccountId,
    /// The region.
    pub region: &'a RegionId,
}

/// What the request says beside its parameters.
pub struct Caller<'a> {
    host: Option<Cow<'a, str>>,
    accept: Option<Cow<'a, str>>,
    action: Option<Cow<'a, str>>,
    version: Option<Cow<'a, str>>,
    access_key: Option<Cow<'a, str>>,
    content_type: Option<Cow<'a, str>>,
}

/// A refusal before the library was asked for a decision.
pub struct Early {
    /// What to answer.
    pub error: WireError,
    /// The rule that decided, if the library did.
    pub rule: Option<RuleId>,
    /// The operation, if it is clear by then.
    pub operation: Option<Operation>,
}

impl<'a> Caller<'a> {
    /// What the headers say.
    pub fn of(headers: &'a HeaderMap) -> Self {
        // A header that is no text names nothing that exists; it is refused as that.
        let text = |name: HeaderName| -> Option<Cow<'a, str>> {
            headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()))
        };
        let credential = |authorization: Cow<'a, str>| {
            let (_, rest) = authorization.split_once("Credential=")?;
            rest.split([',', ' ']).next().map(|key| Cow::Owned(key.to_owned()))
        };
        Self {
            host: text(header::HOST),
            accept: text(header::ACCEPT),
            action: text(HeaderName::from_static("x-acs-action")),
            version: text(HeaderName::from_static("x-acs-version")),
            access_key: text(header::AUTHORIZATION).and_then(credential),
            content_type: text(header::CONTENT_TYPE),
        }
    }

    /// What is kept of the request: of a signature only whose it is.
    pub fn said(&self, parts: &Parts, body: &[u8]) -> Said {
        let credential = self.access_key.as_ref().map(|key| Cow::Owned(format!("Credential={key}")));
        let headers = [
            ("host", &self.host),
            ("accept", &self.accept),
            ("x-acs-action", &self.action),
            ("x-acs-version", &self.version),
            ("content-type", &self.content_type),
            ("authorization", &credential),
        ];
        let headers: Vec<(&str, String)> = headers
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_deref()?.to_owned())))
            .collect();
        Said::of(&parts.method, &parts.uri, &headers, body)
    }

    /// The parameters of query and form, and whether they could all be read.
    pub fn read(&self, query: &str, body: &[u8]) -> (Parameters, Result<(), Early>) {
        let mut parameters = Parameters::default();
        let read = read_pairs(query, &mut parameters).and_then(|()| self.read_form(body, &mut parameters));
        (parameters, read)
    }

    fn read_form(&self, body: &[u8], parameters: &mut Parameters) -> Result<(), Early> {
        // SDKs announce all sorts of types for the empty body of a call whose parameters are in the query.
        if body.is_empty() {
            return Ok(());
        }
        let media = self.content_type.as_deref().map(|text| text.split(';').next().unwrap_or(text).trim());
        if media.is_some_and(|media| !media.eq_ignore_ascii_case("application/x-www-form-urlencoded")) {
            let message = "The body must be of type application/x-www-form-urlencoded.";
            return Err(early(error(415, "UnsupportedMediaType", message.into())));
        }
        match std::str::from_utf8(body) {
            Ok(form) => read_pairs(form, parameters),
            Err(_) => Err(early(error(400, "InvalidParameter", "The body is not valid UTF-8.".into()))),
        }
    }

    /// What is asked.
    pub fn parse(&self, parameters: &Parameters) -> Result<Parsed, Early> {
        if let (Some(named), Some(signed)) = (parameters.get("AccessKeyId"), self.access_key.as_deref())
            && named != signed
        {
            let message = "The parameter AccessKeyId and the credential of the header Authorization differ.";
            return Err(early(error(400, "InvalidParameter", message.into())));
        }
        parse(self.action.as_deref(), self.version.as_deref(), parameters).map_err(|refusal| Early {
            error: refusal.wire(),
            rule: Some(refusal.rule()),
            operation: match &refusal {
                WireRefusal::Refused(Refusal::Ebs(refusal)) => Some(refusal.operation),
                WireRefusal::Refused(Refusal::PolarDb(refusal)) => Some(refusal.operation),
                WireRefusal::Gateway(_) => None,
            },
        })
    }

    /// The call as it is recorded.
    pub fn recorded(
        &self,
        parameters: &Parameters,
        parsed: Option<&Parsed>,
        defaults: Defaults<'_>,
    ) -> Called {
        let version = parameters.get("Version").or(self.version.as_deref());
        Called {
            account: self.account(parameters, defaults),
            region: parsed.map(|parsed| self.region(parsed, defaults.region)),
            action: self.action(parameters).unwrap_or_default().to_owned(),
            version: version.unwrap_or_default().to_owned(),
            parameters: without_secrets(parameters),
        }
    }

    /// The format of the answer.
    pub fn format(&self, parameters: &Parameters) -> Format {
        Format::negotiate(parameters.get("Format"), self.accept.as_deref())
    }

    /// The action as the client names it.
    pub fn action<'b>(&'b self, parameters: &'b Parameters) -> Option<&'b str> {
        parameters.get("Action").or(self.action.as_deref())
    }

    /// The account that calls.
    pub fn account(&self, parameters: &Parameters, defaults: Defaults<'_>) -> AccountId {
        let key = parameters.get("AccessKeyId").or(self.access_key.as_deref());
        let is_account = |key: &&str| key.len() == 16 && key.bytes().all(|byte| byte.is_ascii_digit());
        let named = key.filter(is_account).and_then(|key| AccountId::parse(key).ok());
        named.unwrap_or_else(|| defaults.account.clone())
    }

    /// The region that is called.
    pub fn region(&self, parsed: &Parsed, default: &RegionId) -> RegionId {
        let product = parsed.request.operation().product();
        let named = parsed.region.clone().or_else(|| self.region_of_host(product));
        named.unwrap_or_else(|| default.clone())
    }

    /// The region of `polardb.<region>.…`. Every region has a hyphen, and `aliyuncs` has none.
    fn region_of_host(&self, product: Product) -> Option<RegionId> {
        let mut labels = self.host.as_deref()?.split([':', '.']);
        if !labels.next()?.eq_ignore_ascii_case(product.code()) {
            return None;
        }
        let region = labels.next().filter(|label| label.contains('-'))?.to_ascii_lowercase();
        RegionId::parse(&region).ok()
    }

    /// The product that is meant, as far as the version says.
    pub fn product(&self, parameters: &Parameters) -> Option<Product> {
        let version = parameters.get("Version").or(self.version.as_deref())?;
        Product::of_version(version)
    }

    /// The host that was called, or the product's own where the client does not say.
    pub fn host_id(&self, product: Option<Product>, defaults: Defaults<'_>) -> String {
        let own = || {
            let product = product.unwrap_or(Product::Ebs);
            format!("{}.{}.aliyuncs.com", product.code(), defaults.region)
        };
        self.host.as_deref().filter(|host| !host.is_empty()).map_or_else(own, str::to_owned)
    }
}

/// The parameters of a call without what authenticates it. One that is given with two values is left out, since the
/// trace has one value for each name.
fn without_secrets(all: &Parameters) -> BTreeMap<String, String> {
    let known = all.given().filter(|(name, _)| !is_secret(name) && !matches!(*name, "Action" | "Version"));
    known.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Reads `name=value&…`. Unlike browsers' forms, text that is no UTF-8 is refused and not mended: a mended id or token
/// would be another one.
fn read_pairs(text: &str, parameters: &mut Parameters) -> Result<(), Early> {
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let invalid = |name: &str| {
            let message = format!("The specified value of parameter \"{}\" is not valid UTF-8.", quote(name));
            early(error(400, "InvalidParameter", message.into()))
        };
        let decode = |text: &str| {
            let spaced =
                if text.contains('+') { Cow::Owned(text.replace('+', " ")) } else { Cow::Borrowed(text) };
            percent_decode_str(&spaced).decode_utf8().map(Cow::into_owned)
        };
        let name = decode(name).map_err(|_| invalid(name))?;
        let value = decode(value).map_err(|_| invalid(&name))?;
        parameters.insert(name, value);
    }
    Ok(())
}

fn early(error: WireError) -> Early {
    Early { error, rule: None, operation: None }
}

/// An error that is this server's own and not the library's.
pub fn error(status: u16, code: &'static str, message: Cow<'static, str>) -> WireError {
    WireError { status, code: code.into(), message, basis: Basis::Inferred }
}

/// The beginning of a text that a client chose.
pub fn quote(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(QUOTED) {
        Some((at, _)) => Cow::Owned(format!("{}…", text.get(..at).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Option<Parameters> {
        let mut parameters = Parameters::default();
        read_pairs(query, &mut parameters).ok().map(|()| parameters)
    }

    #[test]
    fn parameters_are_decoded_and_text_that_is_no_utf8_is_refused() {
        let parameters = read("a=1%2B1&b=x+y&&c&d=%E4%B8%AD&e==").expect("readable");
        assert_eq!(parameters.get("a"), Some("1+1"));
        assert_eq!(parameters.get("b"), Some("x y"));
        assert_eq!(parameters.get("c"), None);
        assert_eq!(parameters.get("d"), Some("中"));
        assert_eq!(parameters.get("e"), Some("="));
        assert!(read("a=%FF").is_none() && read("%FF=a").is_none());
        assert!(read("a=%zz%").is_some());
    }

    #[test]
    fn the_host_names_the_region_only_if_it_is_the_product_s() {
        let region = |host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().expect("a header"));
            Caller::of(&headers).region_of_host(Product::PolarDb).map(|region| region.to_string())
        };
        assert_eq!(region("polardb.cn-beijing.aliyuncs.com").as_deref(), Some("cn-beijing"));
        assert_eq!(region("PolarDB.CN-Beijing.localhost:80").as_deref(), Some("cn-beijing"));
        for host in ["polardb.aliyuncs.com", "ebs.cn-beijing.aliyuncs.com", "127.0.0.1:8520", "polardb", "."]
        {
            assert_eq!(region(host), None, "{host}");
        }
    }

    #[test]
    fn long_texts_are_cut_at_a_character() {
        assert_eq!(quote(&"中".repeat(QUOTED)), "中".repeat(QUOTED));
        assert_eq!(quote(&"中".repeat(QUOTED + 1)), "中".repeat(QUOTED) + "…");
    }
}
