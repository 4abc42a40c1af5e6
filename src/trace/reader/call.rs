//! What an HTTP request to the service says: operation, version, account, region, parameters.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};

use super::Origin;
use super::encoding::pairs;
use crate::ids::{AccountId, RegionId};
use crate::operation::Product;
use crate::trace::exchange::is_secret;

/// A call, read from a request.
pub(super) struct Call {
    pub(super) account: AccountId,
    pub(super) region: Option<RegionId>,
    pub(super) version: String,
    pub(super) action: String,
    pub(super) parameters: BTreeMap<String, String>,
}

/// A request as recordings hold it.
pub(super) struct Request<'a> {
    /// The host, perhaps with a port.
    pub(super) host: &'a str,
    /// What follows the question mark.
    pub(super) query: &'a str,
    /// The body of a form; empty if there is none.
    pub(super) form: &'a str,
    /// The value of a header by its name in lower case.
    pub(super) header: &'a dyn Fn(&str) -> Option<String>,
}

impl Call {
    /// Reads a request.
    ///
    /// # Errors
    ///
    /// Why it is no call of one of the two products.
    pub(super) fn of(request: &Request<'_>, origin: &Origin) -> Result<Self, String> {
        let mut parameters = BTreeMap::new();
        for text in [request.query, request.form] {
            parameters.extend(pairs(text).ok_or("its parameters are no UTF-8")?);
        }
        let mut named = |parameter: &str, header: &str| {
            let from_header = (request.header)(header).filter(|text| !text.is_empty());
            let parameter = parameters.remove(parameter);
            from_header.or(parameter)
        };
        let action =
            named("Action", "x-acs-action").ok_or("no action is named, so it is no call of the service")?;
        let version = named("Version", "x-acs-version").ok_or("no version is named")?;
        let product =
            [Product::Ebs, Product::PolarDb].into_iter().find(|product| product.version() == version);
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
}

/// The region of a host such as `polardb.cn-beijing.aliyuncs.com`. Every region has a hyphen, and `aliyuncs` has none.
pub(super) fn region_of(host: &str, product: Product) -> Option<RegionId> {
    let mut labels = host.split([':', '.']);
    labels.next().filter(|label| label.eq_ignore_ascii_case(product.code()))?;
    let region = labels.next().filter(|label| label.contains('-'))?.to_ascii_lowercase();
    RegionId::parse(&region).ok()
}
