//! What an HTTP request to the service says: operation, version, account, region, parameters.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};

use super::Origin;
use super::encoding::pairs;
use crate::ids::{AccountId, RegionId};
use crate::operation::Product;
use crate::time::Timestamp;
use crate::trace::exchange::{Answer, Exchange, is_secret};

/// A call of one of the two products, read from an HTTP request. It holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Who calls: the access key if it is an account's sixteen digits.
    pub account: AccountId,
    /// The region of the endpoint, if its name or the origin says it.
    pub region: Option<RegionId>,
    /// The version of the product's API.
    pub version: String,
    /// The operation.
    pub action: String,
    /// The parameters of query and form.
    pub parameters: BTreeMap<String, String>,
}

/// An HTTP request, as far as it can say what is called.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The host, perhaps with a port.
    pub host: &'a str,
    /// What follows the question mark, encoded as it was sent.
    pub query: &'a str,
    /// The body. It is read if its type is that of a form, or none is named.
    pub form: &'a str,
    /// The value of a header by its name in lower case.
    pub header: &'a dyn Fn(&str) -> Option<String>,
}

impl core::fmt::Debug for Request<'_> {
    /// The host alone: all else may hold secrets.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Request").field("host", &self.host).finish_non_exhaustive()
    }
}

impl Call {
    /// Reads a request.
    ///
    /// # Errors
    ///
    /// Why it is no call of one of the two products.
    pub fn of(request: &Request<'_>, origin: &Origin) -> Result<Self, String> {
        let mut parameters = BTreeMap::new();
        let form = (request.header)("content-type").is_none_or(|of| is_form(&of));
        for text in [request.query, if form { request.form } else { "" }] {
            parameters.extend(pairs(text).ok_or("its parameters are no UTF-8")?);
        }
        Self::with(parameters, request, origin)
    }

    /// The call of these parameters, of which query and form were read into.
    pub(super) fn with(
        mut parameters: BTreeMap<String, String>,
        request: &Request<'_>,
        origin: &Origin,
    ) -> Result<Self, String> {
        let mut named = |parameter: &str, header: &str| {
            let from_header = (request.header)(header).filter(|text| !text.is_empty());
            let parameter = parameters.remove(parameter);
            from_header.or(parameter)
        };
        let action =
            named("Action", "x-acs-action").ok_or("no action is named, so it is no call of the service")?;
        let version = named("Version", "x-acs-version").ok_or("no version is named")?;
        let product = Product::of_version(&version);
        let product = product.ok_or_else(|| alloc::format!("version {version} is of another product"))?;
        let credential = (request.header)("authorization").and_then(|text| {
            let (_, rest) = text.split_once("Credential=")?;
            rest.split([',', ' ']).next().map(ToString::to_string)
        });
        let key = parameters.get("AccessKeyId").cloned().or(credential);
        let digits = |key: &String| key.len() == 16 && key.bytes().all(|byte| byte.is_ascii_digit());
        let account = key.filter(digits).and_then(|key| AccountId::parse(&key).ok());
        parameters.retain(|name, _| !is_secret(name));
        Ok(Self {
            account: account.unwrap_or_else(|| origin.account.clone()),
            region: region_of(request.host, product).or_else(|| origin.region.clone()),
            version,
            action,
            parameters,
        })
    }

    /// The exchange of the call and its answer; `None` for one that was lost. Its place in an order of all is not known.
    pub fn answered(self, sent: Timestamp, answered: Timestamp, answer: Option<Answer>) -> Exchange {
        let Self { account, region, version, action, parameters } = self;
        Exchange { sent, answered, order: None, account, region, version, action, parameters, answer }
    }
}

/// Whether a content type is that of a form.
fn is_form(content_type: &str) -> bool {
    let media = content_type.split(';').next().unwrap_or("").trim();
    media.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The region of a host such as `polardb.cn-beijing.aliyuncs.com`. Every region has a hyphen, and `aliyuncs` has none.
pub fn region_of(host: &str, product: Product) -> Option<RegionId> {
    let mut labels = host.split([':', '.']);
    labels.next().filter(|label| label.eq_ignore_ascii_case(product.code()))?;
    let region = labels.next().filter(|label| label.contains('-'))?.to_ascii_lowercase();
    RegionId::parse(&region).ok()
}
