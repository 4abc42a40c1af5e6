//! All operations as one type: the unit that is journalled, replayed, replicated and generated.

use alloc::boxed::Box;

use super::{Action, Call, ControlPlane, FreshCluster, FreshNodes, Misuse, Reply, Report, Step};
use crate::ebs::{
    AddDiskReplicaPair, ChangeResourceGroup, ClearPairDrill, ClearReplicaGroupDrill, CreateDiskReplicaGroup,
    CreateDiskReplicaPair, DeleteDiskReplicaGroup, DeleteDiskReplicaPair, DescribeDiskReplicaGroups,
    DescribeDiskReplicaPairProgress, DescribeDiskReplicaPairs, DescribePairDrills,
    DescribeReplicaGroupDrills, DrillPage, DrillStarted, EbsRefusal, FailoverDiskReplicaGroup,
    FailoverDiskReplicaPair, FreshDrill, GroupCreated, GroupPage, ListTagResources, ModifyDiskReplicaGroup,
    ModifyDiskReplicaPair, PairCreated, PairPage, PairProgress, RemoveDiskReplicaPair,
    ReprotectDiskReplicaGroup, ReprotectDiskReplicaPair, StartDiskReplicaGroup, StartDiskReplicaPair,
    StartPairDrill, StartReplicaGroupDrill, StopDiskReplicaGroup, StopDiskReplicaPair, TagPage, TagResources,
    UntagResources,
};
use crate::ids::OrderId;
use crate::operation::Operation;
use crate::polardb::{
    ClusterCreated, ClusterPage, CreateDbCluster, CreateDbNodes, DbCluster, DeleteDbCluster, DeleteDbNodes,
    DescribeDbClusterAttribute, DescribeDbClusterEndpoints, DescribeDbClusters, DescribeHaLogs, EndpointList,
    FailoverDbCluster, FailoverDbClusterZonal, HaLogPage, ModifyDbClusterDeletion,
    ModifyDbClusterPrimaryZone, ModifyDbNodeClass, ModifyDbNodeConfig, ModifyDbNodeHotReplicaMode,
    ModifyDbNodesClass, NodesCreated, Ordered, PolarDbRefusal, RestartDbNode,
};
use crate::refusal::WireError;
use crate::rule::RuleId;
use crate::time::Timestamp;

macro_rules! requests {
    ($($name:ident $(($boxed:ident))?;)*) => {
        /// Any request.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[non_exhaustive]
        pub enum Request {$(
            #[doc = concat!("`", stringify!($name), "`.")]
            $name(requests!(@field $name $($boxed)?)),
        )*}

        impl Request {
            /// The operation it belongs to.
            pub const fn operation(&self) -> Operation {
                match self { $(Self::$name(_) => Operation::$name,)* }
            }
        }

        $(impl From<$name> for Request {
            fn from(request: $name) -> Self {
                Self::$name(request.into())
            }
        })*
    };
    (@field $name:ident Box) => { Box<$name> };
    (@field $name:ident) => { $name };
}

requests! {
    CreateDiskReplicaPair (Box);
    StartDiskReplicaPair;
    StopDiskReplicaPair;
    FailoverDiskReplicaPair;
    ReprotectDiskReplicaPair;
    DeleteDiskReplicaPair;
    DescribeDiskReplicaPairs (Box);
    ModifyDiskReplicaPair (Box);
    DescribeDiskReplicaPairProgress;
    TagResources (Box);
    UntagResources (Box);
    ListTagResources (Box);
    ChangeResourceGroup (Box);
    CreateDiskReplicaGroup (Box);
    ModifyDiskReplicaGroup (Box);
    StartDiskReplicaGroup;
    StopDiskReplicaGroup;
    FailoverDiskReplicaGroup;
    ReprotectDiskReplicaGroup;
    DeleteDiskReplicaGroup;
    DescribeDiskReplicaGroups (Box);
    AddDiskReplicaPair;
    RemoveDiskReplicaPair;
    StartPairDrill;
    ClearPairDrill;
    DescribePairDrills (Box);
    StartReplicaGroupDrill;
    ClearReplicaGroupDrill;
    DescribeReplicaGroupDrills (Box);
    CreateDbCluster (Box);
    DeleteDbCluster;
    ModifyDbNodeConfig;
    FailoverDbCluster;
    FailoverDbClusterZonal;
    CreateDbNodes (Box);
    DeleteDbNodes;
    ModifyDbNodeClass (Box);
    ModifyDbNodesClass (Box);
    RestartDbNode;
    ModifyDbNodeHotReplicaMode;
    ModifyDbClusterPrimaryZone (Box);
    ModifyDbClusterDeletion;
    DescribeDbClusters (Box);
    DescribeDbClusterAttribute;
    DescribeDbClusterEndpoints;
    DescribeHaLogs (Box);
}

/// What any call answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Response {
    /// Accepted; nothing more to say.
    Accepted,
    /// `CreateDiskReplicaPair`.
    PairCreated(PairCreated),
    /// `DescribeDiskReplicaPairs`.
    PairPage(PairPage),
    /// `DescribeDiskReplicaPairProgress`.
    PairProgress(PairProgress),
    /// `ListTagResources`.
    TagPage(TagPage),
    /// `CreateDiskReplicaGroup`.
    GroupCreated(GroupCreated),
    /// `DescribeDiskReplicaGroups`.
    GroupPage(GroupPage),
    /// `StartPairDrill` or `StartReplicaGroupDrill`.
    DrillStarted(DrillStarted),
    /// `DescribePairDrills` or `DescribeReplicaGroupDrills`.
    DrillPage(DrillPage),
    /// `CreateDBCluster`.
    ClusterCreated(ClusterCreated),
    /// `CreateDBNodes`.
    NodesCreated(NodesCreated),
    /// `DeleteDBNodes`, `ModifyDBNodeClass`, `ModifyDBNodesClass` and `ModifyDBNodeHotReplicaMode`.
    Ordered(Ordered),
    /// `DescribeDBClusters`.
    ClusterPage(ClusterPage),
    /// `DescribeDBClusterAttribute`.
    Cluster(Box<DbCluster>),
    /// `DescribeDBClusterEndpoints`.
    Endpoints(EndpointList),
    /// `DescribeHALogs`; to be [completed](crate::polardb::HaLog::complete) from the events.
    HaLogs(HaLogPage),
}

impl From<()> for Response {
    fn from((): ()) -> Self {
        Self::Accepted
    }
}

impl From<PairCreated> for Response {
    fn from(created: PairCreated) -> Self {
        Self::PairCreated(created)
    }
}

impl From<PairPage> for Response {
    fn from(page: PairPage) -> Self {
        Self::PairPage(page)
    }
}

impl From<PairProgress> for Response {
    fn from(progress: PairProgress) -> Self {
        Self::PairProgress(progress)
    }
}

impl From<TagPage> for Response {
    fn from(page: TagPage) -> Self {
        Self::TagPage(page)
    }
}

impl From<GroupCreated> for Response {
    fn from(created: GroupCreated) -> Self {
        Self::GroupCreated(created)
    }
}

impl From<GroupPage> for Response {
    fn from(page: GroupPage) -> Self {
        Self::GroupPage(page)
    }
}

impl From<DrillStarted> for Response {
    fn from(started: DrillStarted) -> Self {
        Self::DrillStarted(started)
    }
}

impl From<DrillPage> for Response {
    fn from(page: DrillPage) -> Self {
        Self::DrillPage(page)
    }
}

impl From<ClusterCreated> for Response {
    fn from(created: ClusterCreated) -> Self {
        Self::ClusterCreated(created)
    }
}

impl From<NodesCreated> for Response {
    fn from(created: NodesCreated) -> Self {
        Self::NodesCreated(created)
    }
}

impl From<Ordered> for Response {
    fn from(ordered: Ordered) -> Self {
        Self::Ordered(ordered)
    }
}

impl From<ClusterPage> for Response {
    fn from(page: ClusterPage) -> Self {
        Self::ClusterPage(page)
    }
}

impl From<EndpointList> for Response {
    fn from(list: EndpointList) -> Self {
        Self::Endpoints(list)
    }
}

impl From<HaLogPage> for Response {
    fn from(page: HaLogPage) -> Self {
        Self::HaLogs(page)
    }
}

impl From<DbCluster> for Response {
    fn from(cluster: DbCluster) -> Self {
        Self::Cluster(Box::new(cluster))
    }
}

/// Why any call was refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Refusal {
    /// By EBS.
    #[error(transparent)]
    Ebs(#[from] EbsRefusal),
    /// By PolarDB.
    #[error(transparent)]
    PolarDb(#[from] PolarDbRefusal),
}

impl Refusal {
    /// How it looks on the wire.
    pub fn wire(&self) -> WireError {
        match self {
            Self::Ebs(refusal) => refusal.wire(),
            Self::PolarDb(refusal) => refusal.wire(),
        }
    }

    /// The rule that decided.
    pub const fn rule(&self) -> RuleId {
        match self {
            Self::Ebs(refusal) => refusal.rule(),
            Self::PolarDb(refusal) => refusal.rule(),
        }
    }

    /// Whether repeating the call unchanged, under the same token, may succeed later.
    pub const fn same_token_retry_may_succeed(&self) -> bool {
        match self {
            Self::Ebs(refusal) => refusal.same_token_retry_may_succeed(),
            Self::PolarDb(refusal) => refusal.same_token_retry_may_succeed(),
        }
    }
}

/// What is remembered under a token: the response without its RequestId, or, by policy, the refusal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum TokenOutcome {
    /// Accepted; nothing more to say.
    Accepted,
    /// A pair was created.
    PairCreated(PairCreated),
    /// A group was created.
    GroupCreated(GroupCreated),
    /// A drill was started.
    DrillStarted(DrillStarted),
    /// A cluster was created.
    ClusterCreated(ClusterCreated),
    /// Nodes were created.
    NodesCreated(NodesCreated),
    /// An order was made.
    Ordered(Ordered),
    /// Refused, and the policy is [`Sticky`](crate::policy::RejectionPolicy::Sticky).
    Refused(Box<Refusal>),
}

/// Ids for what a call creates. Never compared by the token cache, and ignored where nothing is created.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Fresh {
    /// None.
    #[default]
    None,
    /// For `CreateDiskReplicaPair`.
    Pair(PairCreated),
    /// For `CreateDiskReplicaGroup`.
    Group(GroupCreated),
    /// For `StartPairDrill` and `StartReplicaGroupDrill`.
    Drill(FreshDrill),
    /// For `CreateDBCluster`.
    Cluster(FreshCluster),
    /// For `CreateDBNodes`.
    Nodes(FreshNodes),
    /// For an operation that makes a billing order alone: `DeleteDBNodes`, `ModifyDBNodeClass`, `ModifyDBNodesClass`
    /// and `ModifyDBNodeHotReplicaMode`.
    Order(OrderId),
}

impl Fresh {
    fn order(&self) -> Option<OrderId> {
        if let Self::Order(order) = self { Some(order.clone()) } else { None }
    }
}

/// Anything that can change a control plane.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Input {
    /// A call.
    Call(Call, Request, Fresh),
    /// A report.
    Report(Timestamp, Report),
    /// The passing of time.
    Advance(Timestamp),
}

/// What an [`Input`] gave.
#[must_use = "the step holds effects that must be carried out"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// For a call, the response or refusal.
    pub result: Option<Result<Response, Refusal>>,
    /// For a call, whether the token cache answered.
    pub replayed: bool,
    /// What the input did.
    pub step: Step,
    /// For a call, the rule that decided; `None` for a describe.
    pub rule: Option<RuleId>,
}

impl<A: Action> From<Reply<A>> for Output
where
    Response: From<A::Response>,
{
    fn from(reply: Reply<A>) -> Self {
        let result = reply.result.map(Into::into).map_err(Into::into);
        Self { result: Some(result), replayed: reply.replayed, step: reply.step, rule: reply.rule }
    }
}

impl From<Step> for Output {
    fn from(step: Step) -> Self {
        Self { result: None, replayed: false, step, rule: None }
    }
}

impl ControlPlane {
    /// Applies an input.
    ///
    /// # Errors
    ///
    /// [`Misuse`] if the embedder broke the contract; nothing changed but the clock seen.
    pub fn apply(&mut self, input: &Input) -> Result<Output, Misuse> {
        match input {
            Input::Call(call, request, fresh) => self.call_any(call, request, fresh),
            Input::Report(now, report) => self.report(*now, report).map(Into::into),
            Input::Advance(now) => Ok(self.advance(*now).into()),
        }
    }

    /// Makes the call of any request.
    ///
    /// # Errors
    ///
    /// [`Misuse::BadFreshId`] if the call would be accepted but the ids for what it creates cannot be used.
    pub fn call_any(&mut self, call: &Call, request: &Request, fresh: &Fresh) -> Result<Output, Misuse> {
        match request {
            Request::CreateDiskReplicaPair(request) => {
                let fresh = if let Fresh::Pair(fresh) = fresh { Some(fresh.clone()) } else { None };
                self.call(call, &**request, &fresh).map(Into::into)
            }
            Request::CreateDbCluster(request) => {
                let fresh = if let Fresh::Cluster(fresh) = fresh { Some(fresh.clone()) } else { None };
                self.call(call, &**request, &fresh).map(Into::into)
            }
            Request::CreateDiskReplicaGroup(request) => {
                let fresh = if let Fresh::Group(fresh) = fresh { Some(fresh.clone()) } else { None };
                self.call(call, &**request, &fresh).map(Into::into)
            }
            Request::StartPairDrill(request) => {
                let fresh = if let Fresh::Drill(fresh) = fresh { Some(fresh.clone()) } else { None };
                self.call(call, request, &fresh).map(Into::into)
            }
            Request::StartReplicaGroupDrill(request) => {
                let fresh = if let Fresh::Drill(fresh) = fresh { Some(fresh.clone()) } else { None };
                self.call(call, request, &fresh).map(Into::into)
            }
            Request::CreateDbNodes(request) => {
                let fresh = if let Fresh::Nodes(fresh) = fresh { Some(fresh.clone()) } else { None };
                self.call(call, &**request, &fresh).map(Into::into)
            }
            Request::DeleteDbNodes(request) => self.call(call, request, &fresh.order()).map(Into::into),
            Request::ModifyDbNodeClass(request) => {
                self.call(call, &**request, &fresh.order()).map(Into::into)
            }
            Request::ModifyDbNodesClass(request) => {
                self.call(call, &**request, &fresh.order()).map(Into::into)
            }
            Request::ModifyDbNodeHotReplicaMode(request) => {
                self.call(call, request, &fresh.order()).map(Into::into)
            }
            Request::FailoverDbClusterZonal(request) => Ok(self.make(call, request).into()),
            Request::RestartDbNode(request) => Ok(self.make(call, request).into()),
            Request::ModifyDbClusterPrimaryZone(request) => Ok(self.make(call, &**request).into()),
            Request::ModifyDbClusterDeletion(request) => Ok(self.make(call, request).into()),
            Request::StartDiskReplicaPair(request) => Ok(self.make(call, request).into()),
            Request::StopDiskReplicaPair(request) => Ok(self.make(call, request).into()),
            Request::FailoverDiskReplicaPair(request) => Ok(self.make(call, request).into()),
            Request::ReprotectDiskReplicaPair(request) => Ok(self.make(call, request).into()),
            Request::DeleteDiskReplicaPair(request) => Ok(self.make(call, request).into()),
            Request::DescribeDiskReplicaPairs(request) => Ok(self.make(call, &**request).into()),
            Request::ModifyDiskReplicaPair(request) => Ok(self.make(call, &**request).into()),
            Request::DescribeDiskReplicaPairProgress(request) => Ok(self.make(call, request).into()),
            Request::TagResources(request) => Ok(self.make(call, &**request).into()),
            Request::UntagResources(request) => Ok(self.make(call, &**request).into()),
            Request::ListTagResources(request) => Ok(self.make(call, &**request).into()),
            Request::ChangeResourceGroup(request) => Ok(self.make(call, &**request).into()),
            Request::ModifyDiskReplicaGroup(request) => Ok(self.make(call, &**request).into()),
            Request::StartDiskReplicaGroup(request) => Ok(self.make(call, request).into()),
            Request::StopDiskReplicaGroup(request) => Ok(self.make(call, request).into()),
            Request::FailoverDiskReplicaGroup(request) => Ok(self.make(call, request).into()),
            Request::ReprotectDiskReplicaGroup(request) => Ok(self.make(call, request).into()),
            Request::DeleteDiskReplicaGroup(request) => Ok(self.make(call, request).into()),
            Request::DescribeDiskReplicaGroups(request) => Ok(self.make(call, &**request).into()),
            Request::AddDiskReplicaPair(request) => Ok(self.make(call, request).into()),
            Request::RemoveDiskReplicaPair(request) => Ok(self.make(call, request).into()),
            Request::ClearPairDrill(request) => Ok(self.make(call, request).into()),
            Request::DescribePairDrills(request) => Ok(self.make(call, &**request).into()),
            Request::ClearReplicaGroupDrill(request) => Ok(self.make(call, request).into()),
            Request::DescribeReplicaGroupDrills(request) => Ok(self.make(call, &**request).into()),
            Request::DeleteDbCluster(request) => Ok(self.make(call, request).into()),
            Request::ModifyDbNodeConfig(request) => Ok(self.make(call, request).into()),
            Request::FailoverDbCluster(request) => Ok(self.make(call, request).into()),
            Request::DescribeDbClusters(request) => Ok(self.make(call, &**request).into()),
            Request::DescribeDbClusterAttribute(request) => Ok(self.make(call, request).into()),
            Request::DescribeDbClusterEndpoints(request) => Ok(self.make(call, request).into()),
            Request::DescribeHaLogs(request) => Ok(self.make(call, &**request).into()),
        }
    }
}
