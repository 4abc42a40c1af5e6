//! Refusals before any product is asked: an action or version that is missing, unknown or not modelled.
//!
//! The order is fixed: action, version, whether the product has the action, and only then parameters. The names of all
//! actions, modelled or not, are those of the SDKs (`ebs` 5.0.1, `polardb` 9.2.1), one a line in two files beside this
//! one: a client that calls a real action is told that the model lacks it, not that the vendor does.

use alloc::format;
use alloc::string::String;

use crate::control_plane::Refusal;
use crate::operation::{Operation, Product};
use crate::refusal::WireError;
use crate::rule::{Basis, RuleId};
use crate::wire::rules::{W_010, W_011, W_012, W_013, W_014};

use super::parameters::{Parameters, Value};

/// Why a call is refused before its product is asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum GatewayError {
    /// Neither header nor parameter names the action.
    #[error("no action is named (W-010); send Action or x-acs-action")]
    MissingAction,
    /// Neither header nor parameter names the version.
    #[error("no version is named (W-010); send Version or x-acs-version")]
    MissingVersion,
    /// `Action` or `Version` is given twice, differently.
    #[error("{parameter} is given with two values (W-014)")]
    Contradiction {
        /// `Action` or `Version`.
        parameter: &'static str,
    },
    /// The version is no product's.
    #[error("no product has the version {version} (W-011)")]
    NoSuchVersion {
        /// The version asked for.
        version: String,
    },
    /// The product has the action, and the model has not.
    #[error("{action} is a real action that is not modelled (W-012)")]
    Unsupported {
        /// The product.
        product: Product,
        /// The action asked for.
        action: &'static str,
    },
    /// The product does not have the action.
    #[error("{} has no action {action} (W-013)", product.code())]
    UnknownAction {
        /// The product.
        product: Product,
        /// The action asked for.
        action: String,
    },
}

impl GatewayError {
    /// The rule that decided.
    pub const fn rule(&self) -> RuleId {
        match self {
            Self::MissingAction | Self::MissingVersion => W_010,
            Self::Contradiction { .. } => W_014,
            Self::NoSuchVersion { .. } => W_011,
            Self::Unsupported { .. } => W_012,
            Self::UnknownAction { .. } => W_013,
        }
    }

    /// How it looks on the wire.
    pub fn wire(&self) -> WireError {
        let missing = |name| {
            let message = format!(
                "The input parameter \"{name}\" that is mandatory for processing this request is not supplied."
            );
            (400, "MissingParameter", message.into())
        };
        let (status, code, message) = match self {
            Self::MissingAction => missing("Action"),
            Self::MissingVersion => missing("Version"),
            Self::Contradiction { parameter } => {
                let message = format!("The specified value of parameter \"{parameter}\" is not valid.");
                (400, "InvalidParameter", message.into())
            }
            Self::NoSuchVersion { .. } => {
                (400, "NoSuchVersion", "The specified version does not exist.".into())
            }
            Self::Unsupported { action, .. } => {
                (400, "UnsupportedOperation", format!("The operation {action} is not supported.").into())
            }
            Self::UnknownAction { .. } => (
                404,
                "InvalidApi.NotFound",
                "Specified api is not found, please check your url and method.".into(),
            ),
        };
        WireError { status, code: code.into(), message, basis: Basis::Sibling }
    }
}

/// Why a call is refused without a look at any resource.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
pub enum WireRefusal {
    /// By the gateway: the operation is not known.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// By the product: a parameter is missing or malformed.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl WireRefusal {
    /// How it looks on the wire.
    pub fn wire(&self) -> WireError {
        match self {
            Self::Gateway(error) => error.wire(),
            Self::Refused(refusal) => refusal.wire(),
        }
    }

    /// The rule that decided.
    pub const fn rule(&self) -> RuleId {
        match self {
            Self::Gateway(error) => error.rule(),
            Self::Refused(refusal) => refusal.rule(),
        }
    }
}

/// The names of all actions of a product, sorted, modelled or not.
pub(super) fn actions(product: Product) -> impl Iterator<Item = &'static str> {
    let names = match product {
        Product::Ebs => include_str!("actions-ebs.txt"),
        Product::PolarDb => include_str!("actions-polardb.txt"),
    };
    names.split_ascii_whitespace()
}

/// The operation that a call means.
pub(super) fn operation(
    action: Option<&str>,
    version: Option<&str>,
    parameters: &Parameters,
) -> Result<Operation, GatewayError> {
    let action = named("Action", action, parameters)?.ok_or(GatewayError::MissingAction)?;
    let version = named("Version", version, parameters)?.ok_or(GatewayError::MissingVersion)?;
    let product = Product::of_version(version)
        .ok_or_else(|| GatewayError::NoSuchVersion { version: version.into() })?;
    match Operation::find(product, action) {
        Some(operation) => Ok(operation),
        None => Err(match actions(product).find(|name| *name == action) {
            Some(action) => GatewayError::Unsupported { product, action },
            None => GatewayError::UnknownAction { product, action: action.into() },
        }),
    }
}

/// The value that header and parameter agree on; an empty one counts as absent.
fn named<'a>(
    name: &'static str,
    header: Option<&'a str>,
    parameters: &'a Parameters,
) -> Result<Option<&'a str>, GatewayError> {
    let header = header.filter(|text| !text.is_empty());
    match (header, parameters.value(name)) {
        (header, Value::Absent) => Ok(header),
        (None, Value::Is(text)) => Ok(Some(text)),
        // A client of the vendor's puts the action into the header with a small first letter.
        (Some(header), Value::Is(text)) if header.eq_ignore_ascii_case(text) => Ok(Some(text)),
        _ => Err(GatewayError::Contradiction { parameter: name }),
    }
}
