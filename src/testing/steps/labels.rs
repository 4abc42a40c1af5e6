//! Calls on pairs that do not concern their lifecycle.

use alloc::format;
use alloc::vec::Vec;

use super::{Origin, ReplicaCall, Resolver, Selector, StepContext, id, pick, replicas};
use crate::control_plane::{Fresh, Input, Request};
use crate::ebs::{
    ChangeResourceGroup, DescribeDiskReplicaPairProgress, ListTagResources, ModifyDiskReplicaPair, ReplicaId,
    Resources, TagResources, UntagResources,
};
use crate::ids::PairId;
use crate::text::{Name, Tag, TagKey, TagValue};

/// A call on a pair that does not concern its lifecycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelCall {
    /// `ModifyDiskReplicaPair`: the name `name-N`, and perhaps replication time control.
    Modify {
        /// The number in the name.
        name: u8,
        /// `EnableRtc`.
        rtc: Option<bool>,
    },
    /// `TagResources` with the key `k-N`.
    Tag(u8),
    /// `UntagResources` of the key `k-N`, or of all.
    Untag(Option<u8>),
    /// `ListTagResources`.
    List,
    /// `ChangeResourceGroup` to `rg-N`.
    Regroup(u8),
    /// `DescribeDiskReplicaPairProgress`.
    Progress,
}

impl LabelCall {
    fn request(self, pair: PairId) -> Request {
        let key = |number: u8| TagKey::parse(&format!("k-{number}")).ok();
        let resources = Resources::Pairs(Vec::from([pair.clone()]));
        match self {
            Self::Modify { name, rtc } => {
                let name = Name::parse(&format!("name-{name}")).ok();
                ModifyDiskReplicaPair { pair, name, description: None, enable_rtc: rtc, bandwidth: None }
                    .into()
            }
            Self::Tag(number) => {
                let value = TagValue::parse("v").ok();
                let tags = key(number).zip(value).map(|(key, value)| Tag { key, value });
                TagResources { resources, tags: tags.into_iter().collect() }.into()
            }
            Self::Untag(number) => {
                let keys = number.map(|number| key(number).into_iter().collect());
                UntagResources { resources, keys }.into()
            }
            Self::List => ListTagResources { resources, tags: Vec::new(), after: None }.into(),
            Self::Regroup(number) => {
                let group = id(&format!("rg-{number}"));
                ChangeResourceGroup { resource: ReplicaId::Pair(pair), group }.into()
            }
            Self::Progress => DescribeDiskReplicaPairProgress { pair }.into(),
        }
    }
}

impl<C: StepContext> Resolver<'_, C> {
    pub(super) fn label(&self, origin: &Origin, pair: Selector, call: LabelCall) -> Input {
        let pair = pick(pair, &self.view.pairs);
        let region = origin.region.of_pair(pair, ReplicaCall::Stop);
        self.call(origin, region, call.request(replicas::pair_id(pair)), Fresh::None)
    }
}
