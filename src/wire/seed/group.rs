//! An item of `DescribeDiskReplicaGroups`, back to the group it describes.
//!
//! Its members are named in `PairIds`, one id an element or, as in the vendor's sample, several with commas between
//! them; they must be seeded with it or exist already. A recover point is the members' own and is read from them.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use serde_json::Value;

use super::fields::Fields;
use super::pair::minted;
use super::place::Sites;
use super::{Defaults, IdKind, SeedError, SeedList, SeededGroup};
use crate::ebs::{CreateDiskReplicaGroup, GroupSeed, GroupSettings, GroupStatus};
use crate::ids::{GroupId, PairId, ResourceGroupId};
use crate::text::{Description, GroupName};

pub(super) fn read(
    list: SeedList,
    index: usize,
    object: &Value,
    defaults: &mut Defaults<'_>,
) -> Result<SeededGroup, SeedError> {
    let fields = Fields::new(list, index, object)?;
    let id = fields.parsed("ReplicaGroupId", GroupId::parse)?;
    let id =
        id.map_or_else(|| minted(&fields, "ReplicaGroupId", defaults, IdKind::Group, GroupId::parse), Ok)?;
    let sites = Sites::read(&fields, ("SourceRegionId", "DestinationRegionId"), defaults)?;
    let status = fields.parsed("Status", |text| GroupStatus::parse(text).ok_or("there is no such status"))?;
    let seed = GroupSeed {
        id,
        status: status.unwrap_or(GroupStatus::Created),
        reversed: sites.reversed,
        created_at: fields.seconds("CreateTime")?.unwrap_or(defaults.now),
        request: CreateDiskReplicaGroup {
            source_zone: sites.primary.1,
            destination_region: sites.standby.0,
            destination_zone: sites.standby.1,
            settings: GroupSettings {
                name: fields.parsed("GroupName", GroupName::parse)?,
                description: fields.parsed("Description", Description::parse)?,
                enable_rtc: fields.flag("EnableRtc")?.unwrap_or(false),
                resource_group: fields.parsed("ResourceGroupId", ResourceGroupId::parse)?,
                tags: fields.tags("TagKey", "TagValue")?,
            },
        },
        members: members(&fields)?,
    };
    Ok(SeededGroup { region: sites.primary.0, seed })
}

fn members(fields: &Fields<'_>) -> Result<Vec<PairId>, SeedError> {
    let mut members = Vec::new();
    for (at, text) in fields.texts("PairIds")?.into_iter().enumerate() {
        for id in text.split(',').map(str::trim).filter(|id| !id.is_empty()) {
            let id = PairId::parse(id);
            let id = id.map_err(|why| fields.bad(&format!("PairIds[{at}]"), why.to_string()))?;
            if !members.contains(&id) {
                members.push(id);
            }
        }
    }
    Ok(members)
}
