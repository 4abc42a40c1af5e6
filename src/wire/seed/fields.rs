//! The fields of one pasted object.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;

use serde_json::{Map, Value};

use super::{SeedError, SeedList, SeedProblem};
use crate::text::{Tag, TagKey, TagValue};
use crate::time::{Span, Timestamp};
use crate::wire::civil::parse_iso;

/// An object, and where it stands.
pub(super) struct Fields<'a> {
    list: SeedList,
    index: usize,
    /// Put before the name of a field: empty, or such as `DBNodes[1].`.
    prefix: String,
    object: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(list: SeedList, index: usize, value: &'a Value) -> Result<Self, SeedError> {
        let problem = SeedProblem::Type("an object");
        let object = value.as_object();
        let object = object.ok_or(SeedError { list, index, field: String::new(), problem })?;
        Ok(Self { list, index, prefix: String::new(), object })
    }

    /// The objects of a list, empty if there is none.
    pub(super) fn list(&self, name: &str) -> Result<Vec<Self>, SeedError> {
        let items = match self.given(name) {
            None => return Ok(Vec::new()),
            Some(Value::Array(items)) => items,
            Some(_) => return Err(self.error(name, SeedProblem::Type("a list"))),
        };
        let items = items.iter().enumerate().map(|(at, item)| {
            let field = format!("{name}[{at}]");
            let object = item.as_object();
            let object = object.ok_or_else(|| self.error(&field, SeedProblem::Type("an object")))?;
            let prefix = format!("{}{field}.", self.prefix);
            Ok(Self { list: self.list, index: self.index, prefix, object })
        });
        items.collect()
    }

    pub(super) fn error(&self, name: &str, problem: SeedProblem) -> SeedError {
        SeedError { list: self.list, index: self.index, field: format!("{}{name}", self.prefix), problem }
    }

    pub(super) fn bad(&self, name: &str, why: impl Into<Cow<'static, str>>) -> SeedError {
        self.error(name, SeedProblem::Value(why.into()))
    }

    /// A field that is there and not null.
    fn given(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// A text that is not empty.
    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, SeedError> {
        match self.given(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
            Some(_) => Err(self.error(name, SeedProblem::Type("a string"))),
        }
    }

    /// The texts of a list, or the one text that stands in its place; empty if there is none.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<&'a str>, SeedError> {
        let wrong = || self.error(name, SeedProblem::Type("a list of strings"));
        match self.given(name) {
            None => Ok(Vec::new()),
            Some(Value::String(text)) => Ok(Vec::from([text.as_str()])),
            Some(Value::Array(items)) => items.iter().map(|item| item.as_str().ok_or_else(wrong)).collect(),
            Some(_) => Err(wrong()),
        }
    }

    /// A text, read.
    pub(super) fn parsed<T, E: Display>(
        &self,
        name: &str,
        parse: impl FnOnce(&'a str) -> Result<T, E>,
    ) -> Result<Option<T>, SeedError> {
        self.text(name)?.map(parse).transpose().map_err(|why| self.bad(name, why.to_string()))
    }

    /// A whole number, or one spelled as a string, as some of the vendor's are.
    pub(super) fn number(&self, name: &str) -> Result<Option<u64>, SeedError> {
        let number = match self.given(name) {
            None => return Ok(None),
            Some(Value::String(text)) if text.is_empty() => return Ok(None),
            Some(Value::String(text)) => text.parse().ok(),
            Some(value) => value.as_u64(),
        };
        number.map(Some).ok_or_else(|| self.error(name, SeedProblem::Type("a whole number")))
    }

    /// A boolean, or one spelled as a string.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, SeedError> {
        match self.given(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(_) => Err(self.error(name, SeedProblem::Type("true or false"))),
        }
    }

    /// A switch that says `ON` or `OFF`.
    pub(super) fn switch(&self, name: &str) -> Result<bool, SeedError> {
        let on = self.parsed(name, |text| match text {
            "ON" => Ok(true),
            "OFF" => Ok(false),
            _ => Err("neither ON nor OFF"),
        });
        Ok(on?.unwrap_or(false))
    }

    /// Epoch seconds.
    pub(super) fn seconds(&self, name: &str) -> Result<Option<Timestamp>, SeedError> {
        let at = |seconds| Timestamp::default().after(Span::from_secs(seconds));
        Ok(self.number(name)?.map(at))
    }

    /// An ISO 8601 time.
    pub(super) fn iso(&self, name: &str) -> Result<Option<Timestamp>, SeedError> {
        self.parsed(name, parse_iso)
    }

    /// `Tags`, under these names of key and value.
    pub(super) fn tags(&self, key: &str, value: &str) -> Result<Vec<Tag>, SeedError> {
        let tags = self.list("Tags")?;
        let tags = tags.iter().map(|tag| {
            let found = tag.parsed(key, TagKey::parse)?;
            let found = found.ok_or_else(|| tag.bad(key, "a tag has a key"))?;
            let text = tag.text(value)?.unwrap_or_default();
            let text = TagValue::parse(text).map_err(|why| tag.bad(value, why.to_string()))?;
            Ok(Tag { key: found, value: text })
        });
        tags.collect()
    }
}
