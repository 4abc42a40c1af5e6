//! The forms in which answers are pasted: a whole body of any describe call, one of its objects, or a list of either.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::NotAnAnswer;
use crate::wire::pasted::items;

/// What an object describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Pair,
    Progress,
    Group,
    Drill,
    Tag,
    Cluster,
    Endpoint,
    Switch,
    Network,
    Region,
}

/// The lists of bodies. `Items` holds endpoints, networks, or clusters, these in a list of their own or with a status.
const LISTS: [(&str, Kind); 8] = [
    ("ReplicaPairs", Kind::Pair),
    ("ReplicaGroups", Kind::Group),
    ("Drills", Kind::Drill),
    ("TagResources", Kind::Tag),
    ("Clusters", Kind::Cluster),
    ("Items", Kind::Endpoint),
    ("HaLogItems", Kind::Switch),
    ("Regions", Kind::Region),
];

/// The fields by which a single object is known, the first that it has.
const MARKS: [(&str, Kind); 10] = [
    ("Progress", Kind::Progress),
    ("DrillId", Kind::Drill),
    ("ReplicaPairId", Kind::Pair),
    ("ReplicaGroupId", Kind::Group),
    ("ResourceId", Kind::Tag),
    ("DBEndpointId", Kind::Endpoint),
    ("GDNId", Kind::Network),
    ("DBClusterId", Kind::Cluster),
    ("SwitchId", Kind::Switch),
    ("Zones", Kind::Region),
];

/// The fields of bodies that are about the call, not about what is described.
const ABOUT_THE_CALL: [&str; 16] = [
    "RequestId",
    "NextToken",
    "MaxResults",
    "PageNumber",
    "PageSize",
    "TotalCount",
    "PageRecordCount",
    "TotalRecordCount",
    "TotalRecords",
    "ItemsNumbers",
    "HaStatus",
    "DBInstanceName",
    "DBInstanceType",
    "PairId",
    "GroupId",
    "DBClusterId",
];

/// An object of a paste.
pub(super) struct Object<'a> {
    /// Where it is, such as `ReplicaPairs[0]`; empty for a paste that is one object.
    pub(super) at: String,
    pub(super) kind: Kind,
    pub(super) value: &'a Value,
    /// The body that it is in, or itself.
    pub(super) around: &'a Value,
}

/// The objects of a paste, and where it holds what no form has.
#[derive(Default)]
pub(super) struct Objects<'a> {
    pub(super) found: Vec<Object<'a>>,
    pub(super) unknown: Vec<String>,
}

impl<'a> Objects<'a> {
    /// Finds the objects of a paste.
    pub(super) fn of(pasted: &'a Value) -> Result<Self, NotAnAnswer> {
        let mut objects = Self::default();
        match pasted {
            Value::Array(pages) if !pages.is_empty() => {
                pages.iter().enumerate().try_for_each(|(at, page)| objects.body(&format!("[{at}]"), page))?
            }
            page => objects.body("", page)?,
        }
        Ok(objects)
    }

    fn body(&mut self, at: &str, body: &'a Value) -> Result<(), NotAnAnswer> {
        let no_form = || NotAnAnswer { at: at.into() };
        let fields = body.as_object().ok_or_else(no_form)?;
        let single = MARKS.iter().find(|(mark, _)| fields.contains_key(*mark));
        let lists: Vec<_> = LISTS.iter().filter(|(list, _)| fields.contains_key(*list)).collect();
        match single {
            _ if !lists.is_empty() => {
                lists.into_iter().try_for_each(|(list, kind)| self.list(at, body, list, *kind))?
            }
            Some((_, kind)) => {
                self.found.push(Object { at: at.into(), kind: *kind, value: body, around: body });
                return Ok(());
            }
            None => return Err(no_form()),
        }
        self.unknown.extend(unknown(at, fields));
        Ok(())
    }

    fn list(&mut self, at: &str, body: &'a Value, name: &str, kind: Kind) -> Result<(), NotAnAnswer> {
        let at = within(at, name);
        let value = body.get(name).filter(|value| !value.is_null());
        let Some(value) = value else { return Ok(()) };
        let (nested, items) = items(value).ok_or_else(|| NotAnAnswer { at: at.clone() })?;
        let at = if nested.is_empty() { at } else { within(&at, nested) };
        let of = |item: &Value| match kind {
            Kind::Endpoint if item.get("GDNId").is_some() => Kind::Network,
            Kind::Endpoint if !nested.is_empty() || item.get("DBClusterStatus").is_some() => Kind::Cluster,
            kind => kind,
        };
        self.found.extend((items.iter().enumerate()).map(|(number, value)| Object {
            at: format!("{at}[{number}]"),
            kind: of(value),
            value,
            around: body,
        }));
        Ok(())
    }
}

/// The fields of a body that no form has.
fn unknown(at: &str, fields: &Map<String, Value>) -> Vec<String> {
    let known = |name: &str| ABOUT_THE_CALL.contains(&name) || LISTS.iter().any(|(list, _)| *list == name);
    fields.keys().filter(|name| !known(name)).map(|name| within(at, name)).collect()
}

/// The place of a field of the object at this place.
pub(super) fn within(at: &str, name: &str) -> String {
    if at.is_empty() { name.into() } else { format!("{at}.{name}") }
}
