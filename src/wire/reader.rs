//! One parameter at a time: absent, missing, contradictory, malformed.

use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;
use core::ops::RangeInclusive;
use core::str::FromStr;

use crate::control_plane::Refusal;
use crate::ebs::{EbsReason, MAX_TAGS, TagFilter};
use crate::operation::{Operation, Product};
use crate::polardb::PolarDbReason;
use crate::text::{Tag, TagKey, TagValue};
use crate::token::ClientToken;

use super::parameters::{Parameters, Value};
use super::rules::{W_020, W_022, W_023, W_046};
use crate::rule::cite;

/// The greatest value of the vendor's `int32`.
pub(super) const INT32: u32 = i32::MAX.unsigned_abs();

/// The greatest value of its `int64`.
pub(super) const INT64: u64 = i64::MAX.unsigned_abs();

/// Why a parameter that is given twice is refused.
const TWO_VALUES: &str = "it is given with two values (W-020)";

cite!(W_020, W_022, W_023);

/// The key and the value of a tag, as far as they are given.
type Halves<'a> = (Option<&'a str>, Option<&'a str>);

/// Reads the parameters of one operation and speaks its product's refusals.
pub(super) struct Reader<'a> {
    operation: Operation,
    parameters: &'a Parameters,
    token: Option<ClientToken>,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(operation: Operation, parameters: &'a Parameters) -> Self {
        Self { operation, parameters, token: None }
    }

    /// The operation that is read.
    pub(super) const fn operation(&self) -> Operation {
        self.operation
    }

    /// The refusal of a required parameter that is absent.
    pub(super) fn missing(&self, parameter: impl Into<Cow<'static, str>>) -> Refusal {
        let (operation, parameter) = (self.operation, parameter.into());
        match operation.product() {
            Product::Ebs => EbsReason::MissingParameter { parameter }.of(operation).into(),
            Product::PolarDb => PolarDbReason::MissingParameter { parameter }.of(operation).into(),
        }
    }

    /// The refusal of a parameter that cannot be read or is out of range.
    pub(super) fn bad(
        &self,
        parameter: impl Into<Cow<'static, str>>,
        why: impl Into<Cow<'static, str>>,
    ) -> Refusal {
        let (operation, parameter, why) = (self.operation, parameter.into(), why.into());
        match operation.product() {
            Product::Ebs => EbsReason::InvalidParameter { parameter, why }.of(operation).into(),
            Product::PolarDb => PolarDbReason::Malformed { parameter, why }.of(operation).into(),
        }
    }

    /// The text of a parameter.
    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        match self.parameters.value(name) {
            Value::Absent => Ok(None),
            Value::Is(text) => Ok(Some(text)),
            Value::Contradictory => Err(self.bad(String::from(name), TWO_VALUES)),
        }
    }

    /// A parameter, if it is given.
    pub(super) fn optional<T, E: Display>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&'a str) -> Result<T, E>,
    ) -> Result<Option<T>, Refusal> {
        let text = self.text(name)?;
        text.map(parse).transpose().map_err(|why| self.bad(name, why.to_string()))
    }

    /// A parameter that must be given.
    pub(super) fn required<T, E: Display>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&'a str) -> Result<T, E>,
    ) -> Result<T, Refusal> {
        self.optional(name, parse)?.ok_or_else(|| self.missing(name))
    }

    /// A whole number within a range, if it is given.
    pub(super) fn number<T: Whole>(
        &self,
        name: &'static str,
        range: RangeInclusive<T>,
    ) -> Result<Option<T>, Refusal> {
        self.optional(name, |text| number(text, range))
    }

    /// A boolean in any case (`W-022`), if it is given.
    pub(super) fn flag(&self, name: &'static str) -> Result<Option<bool>, Refusal> {
        self.optional(name, |text| match text {
            _ if text.eq_ignore_ascii_case("true") => Ok(true),
            _ if text.eq_ignore_ascii_case("false") => Ok(false),
            _ => Err("neither true nor false"),
        })
    }

    /// One of the words of a fixed vocabulary, if it is given.
    pub(super) fn choice<T: Copy>(
        &self,
        name: &'static str,
        words: &[(&'static str, T)],
    ) -> Result<Option<T>, Refusal> {
        cite!(W_046);
        self.optional(name, |text| {
            let found = words.iter().find(|(word, _)| *word == text);
            found.map(|(_, meaning)| *meaning).ok_or("not one of the values that there are")
        })
    }

    /// One of the words of a fixed vocabulary, which must be given.
    pub(super) fn required_choice<T: Copy>(
        &self,
        name: &'static str,
        words: &[(&'static str, T)],
    ) -> Result<T, Refusal> {
        self.choice(name, words)?.ok_or_else(|| self.missing(name))
    }

    /// Ids with commas between them, empty if the parameter is absent.
    pub(super) fn ids<T, E: Display>(
        &self,
        name: &'static str,
        most: usize,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Vec<T>, Refusal> {
        let Some(text) = self.text(name)? else { return Ok(Vec::new()) };
        if text.split(',').nth(most).is_some() {
            return Err(self.bad(name, format!("more than {most} ids")));
        }
        let ids: Result<Vec<T>, E> = text.split(',').map(parse).collect();
        ids.map_err(|why| self.bad(name, why.to_string()))
    }

    /// The items of a flattened list (`W-023`), such as `ResourceId.1`, in the order of their numbers, empty if there is
    /// none. `prefix` ends with the dot.
    pub(super) fn list<T, E: Display>(
        &self,
        prefix: &'static str,
        most: usize,
        parse: impl Fn(&'a str) -> Result<T, E>,
        too_many: impl Fn() -> Refusal,
    ) -> Result<Vec<T>, Refusal> {
        let mut given = BTreeMap::new();
        for (number, _, name) in self.numbered(prefix).filter(|(_, suffix, _)| suffix.is_empty()) {
            given.extend(self.text(name)?.map(|text| (number, (name, text))));
        }
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        if given.last_key_value().is_some_and(|(highest, _)| *highest > most) {
            return Err(too_many());
        }
        let read = |(name, text)| parse(text).map_err(|why| self.bad(String::from(name), why.to_string()));
        given.into_values().map(read).collect()
    }

    /// Takes the token; its format is judged where the operation's list has it.
    pub(super) fn take_token(&mut self) -> Result<(), Refusal> {
        self.token = self.optional("ClientToken", ClientToken::parse)?.flatten();
        Ok(())
    }

    pub(super) fn into_token(self) -> Option<ClientToken> {
        self.token
    }

    /// The numbers of the entries of a list, such as 2 of `DBNode.2.ZoneId`, in their order (`W-023`). An entry whose
    /// fields are all empty is none. `suffixes` are what may stand behind the number.
    pub(super) fn entries(&self, prefix: &'static str, suffixes: &[&str]) -> Vec<u32> {
        let given = |name| self.parameters.value(name) != Value::Absent;
        let entries =
            self.numbered(prefix).filter(|(_, suffix, name)| suffixes.contains(suffix) && given(name));
        let numbers: BTreeSet<u32> = entries.map(|(number, ..)| number).collect();
        numbers.into_iter().collect()
    }

    /// The parameters of a list: the number that follows the prefix, what follows the number, and the whole name. A number
    /// too large to hold is as far beyond any limit as any other beyond it.
    fn numbered(&self, prefix: &'static str) -> impl Iterator<Item = (u32, &'a str, &'a str)> {
        self.parameters.names(prefix).filter_map(move |name| {
            let rest = name.strip_prefix(prefix)?;
            let (number, suffix) = rest.split_at(rest.find('.').unwrap_or(rest.len()));
            let counts = !number.starts_with('0') && !number.is_empty();
            let counts = counts && number.bytes().all(|byte| byte.is_ascii_digit());
            counts.then(|| (number.parse().unwrap_or(u32::MAX), suffix, name))
        })
    }

    /// One field of an entry; a refusal names the list alone.
    pub(super) fn member<T, E: Display>(
        &self,
        list: &'static str,
        name: &str,
        parse: impl FnOnce(&'a str) -> Result<T, E>,
    ) -> Result<Option<T>, Refusal> {
        let bad = |why: &dyn Display| self.bad(list, format!("{name}: {why}"));
        match self.parameters.value(name) {
            Value::Absent => Ok(None),
            Value::Is(text) => parse(text).map(Some).map_err(|why| bad(&why)),
            Value::Contradictory => Err(bad(&TWO_VALUES)),
        }
    }

    /// `Tag.N.Key` and `Tag.N.Value` (`W-023`). Whether a key may be given twice no source says of a creation; it is kept
    /// twice.
    pub(super) fn tags(&self) -> Result<Vec<Tag>, Refusal> {
        let tags = self.tag_halves()?.into_iter().map(|(number, (key, value))| {
            let key = self.tag_key(number, key.ok_or_else(|| self.missing(format!("Tag.{number}.Key")))?)?;
            Ok(Tag { key, value: self.tag_value(number, value.unwrap_or_default())? })
        });
        tags.collect()
    }

    /// `Tag.N.Key` and `Tag.N.Value` as conditions: a key without value meets any (`E-708`).
    pub(super) fn tag_filters(&self) -> Result<Vec<TagFilter>, Refusal> {
        let operation = self.operation;
        let filters = self.tag_halves()?.into_iter().map(|(number, (key, value))| {
            let parameter = || format!("Tag.{number}.Value").into();
            let key = key.ok_or_else(|| EbsReason::TagValueAlone { parameter: parameter() }.of(operation))?;
            let key = self.tag_key(number, key)?;
            Ok(TagFilter { key, value: value.map(|value| self.tag_value(number, value)).transpose()? })
        });
        filters.collect()
    }

    /// The halves of each tag, by number.
    fn tag_halves(&self) -> Result<BTreeMap<u32, Halves<'a>>, Refusal> {
        let mut given = BTreeMap::new();
        for (number, half, name) in
            self.numbered("Tag.").filter(|(_, half, _)| [".Key", ".Value"].contains(half))
        {
            // Both halves are looked at, so that a value given twice is found even if it has no key.
            let Some(text) = self.text(name)? else { continue };
            let (key, value) = given.entry(number).or_insert((None, None));
            *(if half == ".Key" { key } else { value }) = Some(text);
        }
        let highest = given.last_key_value().map_or(0, |(highest, _)| *highest);
        if usize::try_from(highest).map_or(true, |highest| highest > MAX_TAGS) {
            return Err(self.too_many_tags());
        }
        Ok(given)
    }

    fn tag_key(&self, number: u32, text: &str) -> Result<TagKey, Refusal> {
        TagKey::parse(text).map_err(|why| self.bad_tag(format!("Tag.{number}.Key"), why))
    }

    fn tag_value(&self, number: u32, text: &str) -> Result<TagValue, Refusal> {
        TagValue::parse(text).map_err(|why| self.bad_tag(format!("Tag.{number}.Value"), why))
    }

    fn too_many_tags(&self) -> Refusal {
        let operation = self.operation;
        match operation.product() {
            Product::Ebs if matches!(operation, Operation::TagResources | Operation::ListTagResources) => {
                EbsReason::TooManyTags.of(operation).into()
            }
            Product::Ebs => self.bad("Tag", format!("more than {MAX_TAGS} tags")),
            Product::PolarDb => PolarDbReason::TooManyTags.of(self.operation).into(),
        }
    }

    /// PolarDB's codes are made of the parameter's name, and those for lists name the list alone
    /// (`InvalidDBNode.Malformed`).
    fn bad_tag(&self, name: String, why: impl Display) -> Refusal {
        match self.operation.product() {
            Product::Ebs => self.bad(name, why.to_string()),
            Product::PolarDb => self.bad("Tag", format!("{name}: {why}")),
        }
    }
}

/// A type of whole numbers.
pub(super) trait Whole: FromStr + PartialOrd + Display {}

impl<T: FromStr + PartialOrd + Display> Whole for T {}

/// A whole number within a range, in decimal digits alone.
pub(super) fn number<T: Whole>(text: &str, range: RangeInclusive<T>) -> Result<T, String> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| digits && range.contains(number));
    number.ok_or_else(|| format!("not a number from {} to {}", range.start(), range.end()))
}
