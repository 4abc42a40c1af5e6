//! One field of a pasted object at a time, and what is wrong with it.
//!
//! Answers are pasted by people, so they are read with a light hand: null and an empty text are absent, line breaks at the
//! end of a text are the page's, numbers and booleans may be texts, one text may replace a list of texts, and a list may
//! be nested in an object of its own. What decides how a resource behaves must be readable; a mere setting that is not is
//! left at its default ([`Pasted::kept`]), and is told as ignored.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;
use core::str::FromStr;

use serde::de::DeserializeOwned;
use serde::de::value::{self, StrDeserializer};
use serde_json::{Map, Value};

use super::enter::{Defaults, IdKind};
use crate::ids::BadId;
use crate::text::{Tag, TagValue};
use crate::time::{Span, Timestamp};

/// An object.
#[derive(Clone, Copy)]
pub(super) struct Pasted<'a>(&'a Map<String, Value>);

impl<'a> Pasted<'a> {
    /// Takes a value for an object.
    pub(super) fn of(value: &'a Value) -> Result<Self, Misread> {
        value.as_object().map(Self).ok_or(SeedProblem::Type("an object").into())
    }

    /// A field as this type of JSON, unless it is absent.
    fn field<T>(
        self,
        name: &str,
        expected: &'static str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Misread> {
        let given = self.0.get(name).filter(|value| !value.is_null() && value.as_str() != Some(""));
        let read = given.map(|value| read(value).ok_or_else(|| SeedProblem::Type(expected).into()));
        read.transpose().map_err(|misread: Misread| misread.within(name))
    }

    /// A text.
    pub(super) fn text(self, name: &str) -> Result<Option<&'a str>, Misread> {
        let text = self.field(name, "a string", Value::as_str)?;
        Ok(text.map(|text| text.trim_end_matches(['\r', '\n'])).filter(|text| !text.is_empty()))
    }

    /// A text as the model's type, which must be there.
    pub(super) fn required<T: DeserializeOwned>(self, name: &str) -> Result<T, Misread> {
        self.typed(name)?.ok_or_else(|| Misread::at(name, "it is missing"))
    }

    /// A setting, if there is one that the model can keep.
    pub(super) fn kept<T: DeserializeOwned>(self, name: &str) -> Option<T> {
        self.typed(name).ok().flatten()
    }

    /// A text, read by this function.
    pub(super) fn parsed<T, E: Display>(
        self,
        name: &str,
        parse: impl FnOnce(&'a str) -> Result<T, E>,
    ) -> Result<Option<T>, Misread> {
        self.text(name)?.map(parse).transpose().map_err(|why| Misread::at(name, why))
    }

    /// A text as the model's type.
    pub(super) fn typed<T: DeserializeOwned>(self, name: &str) -> Result<Option<T>, Misread> {
        self.parsed(name, |text| T::deserialize(StrDeserializer::<value::Error>::new(text)))
    }

    /// One of the words of a vocabulary.
    pub(super) fn choice<T: Copy>(self, name: &str, words: &[(&str, T)]) -> Result<Option<T>, Misread> {
        let word = |text| words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        let known = || words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" nor ");
        self.parsed(name, |text| word(text).ok_or_else(|| format!("neither {}", known())))
    }

    /// A whole number, if there is one.
    pub(super) fn number(self, name: &str) -> Option<u64> {
        let number = self.field(name, "a whole number", |value| match value {
            Value::String(text) => text.parse().ok(),
            value => value.as_u64(),
        });
        number.ok().flatten()
    }

    /// A time in epoch seconds, if there is one.
    pub(super) fn seconds(self, name: &str) -> Option<Timestamp> {
        self.number(name).map(|seconds| Timestamp::default().after(Span::from_secs(seconds)))
    }

    /// A boolean, false unless there is one.
    pub(super) fn flag(self, name: &str) -> bool {
        let flag = self.field(name, "true or false", |value| match value {
            Value::String(text) => text.to_ascii_lowercase().parse().ok(),
            value => value.as_bool(),
        });
        flag.ok().flatten().unwrap_or(false)
    }

    /// A list, each item read by this function.
    pub(super) fn list<T>(
        self,
        name: &str,
        mut read: impl FnMut(usize, &'a Value) -> Result<T, Misread>,
    ) -> Result<Vec<T>, Misread> {
        let (around, items) = self.field(name, "a list", items)?.unwrap_or_default();
        let item = |(at, item)| {
            let place = |misread: Misread| misread.within(&format!("[{at}]")).within(around).within(name);
            read(at, item).map_err(place)
        };
        items.iter().enumerate().map(item).collect()
    }

    /// An id, or one of the caller's. A bad one is reported like a pasted one.
    pub(super) fn id<T: FromStr<Err = BadId>>(
        self,
        name: &str,
        kind: IdKind,
        defaults: &mut Defaults<'_>,
    ) -> Result<T, Misread> {
        let id = self.text(name)?.map_or_else(|| (defaults.mint)(kind).parse(), str::parse);
        id.map_err(|why| Misread::at(name, why))
    }

    /// The tags that the model can keep, whose keys and values are in these fields.
    pub(super) fn tags(self, halves: [&str; 2]) -> Vec<Tag> {
        let tags = self.list("Tags", |_, tag| Ok(Self::of(tag).ok().and_then(|tag| tag.tag(halves))));
        tags.unwrap_or_default().into_iter().flatten().collect()
    }

    /// The tag whose key and value are in these fields.
    pub(super) fn tag(self, [key, value]: [&str; 2]) -> Option<Tag> {
        let text = self.text(value).ok()?.unwrap_or_default();
        Some(Tag { key: self.kept(key)?, value: TagValue::parse(text).ok()? })
    }
}

/// The items of a list: as they are, in an object of their own, whose name is told, or one text for all.
pub(super) fn items(value: &Value) -> Option<(&str, &[Value])> {
    match value {
        Value::Array(items) => Some(("", items)),
        Value::String(_) => Some(("", core::slice::from_ref(value))),
        Value::Object(fields) => match fields.iter().next() {
            Some((name, Value::Array(items))) if fields.len() == 1 => Some((name, items)),
            _ => None,
        },
        _ => None,
    }
}

/// What is wrong with a field of a pasted object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SeedProblem {
    /// The field holds another type of JSON.
    #[error("it should be {0}")]
    Type(&'static str),
    /// The field cannot be read as what it is.
    #[error("{0}")]
    Value(Cow<'static, str>),
    /// The source is neither the primary's place nor the standby's (`W-040`).
    #[error("source and destination are not the places of primary and standby, in either order (W-040)")]
    Direction,
    /// Primary and standby are in one zone, or are one disk.
    #[error("primary and standby are in one zone or are one disk (E-011)")]
    TooClose,
    /// The cluster has another number of writers than one (`W-041`).
    #[error("a cluster has one Writer, not {0} (W-041)")]
    Writers(usize),
    /// The answer does not say whose it is (`W-044`).
    #[error("the answer does not say whose it is; add {0}, as in the request (W-044)")]
    Owner(&'static str),
}

/// What is wrong, and with which field of the object.
#[derive(Debug, thiserror::Error)]
#[error("{field}: {problem}")]
pub(super) struct Misread {
    pub(super) field: String,
    pub(super) problem: SeedProblem,
}

impl Misread {
    /// A field that cannot be read as what it is.
    pub(super) fn at(field: &str, why: impl Display) -> Self {
        Self { field: String::from(field), problem: SeedProblem::Value(Cow::Owned(why.to_string())) }
    }

    /// The same, as seen from around the field or item of a list, such as `[1]`, in which it is.
    pub(super) fn within(self, around: &str) -> Self {
        let apart = |text: &str| !text.is_empty() && !text.starts_with('[');
        let dot = if apart(around) && apart(&self.field) || around.ends_with(']') && apart(&self.field) {
            "."
        } else {
            ""
        };
        Self { field: format!("{around}{dot}{}", self.field), problem: self.problem }
    }
}

impl From<SeedProblem> for Misread {
    fn from(problem: SeedProblem) -> Self {
        Self { field: String::new(), problem }
    }
}
