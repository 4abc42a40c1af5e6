//! A trace of any length over many pairs and clusters, made exchange by exchange.
//!
//! Every other resource is a cluster. They are created first; then each is called in turn, over and over: mostly it is looked
//! at, as by clients that poll.

use failover_model::simulation::Transitions;
use failover_model::trace::Exchange;
use failover_model::{Operation, Policy, Timestamp};

use super::service::{ACCOUNT, Asked, DESTINATION, SOURCE, Service};

/// Time from one call to the next, in milliseconds.
const PAUSE: u64 = 10;

/// The calls on a pair, in turn; then it is looked at so often.
const PAIR: [(Operation, &str); 5] = [
    (Operation::StartDiskReplicaPair, SOURCE),
    (Operation::FailoverDiskReplicaPair, SOURCE),
    (Operation::FailoverDiskReplicaPair, DESTINATION),
    (Operation::ReprotectDiskReplicaPair, DESTINATION),
    (Operation::StopDiskReplicaPair, SOURCE),
];
const LOOKS: usize = 10;

pub struct Long {
    service: Service,
    resources: Vec<String>,
    count: usize,
    made: usize,
}

impl Long {
    pub fn new(count: usize) -> Self {
        let service = Service::new(Policy::default(), 7, Transitions::Timed);
        Self { service, resources: Vec::with_capacity(count), count, made: 0 }
    }

    fn create(&self, number: usize) -> Asked {
        if number % 2 == 1 {
            let parameters = [
                ("RegionId", "cn-hangzhou"),
                ("DBType", "MySQL"),
                ("DBVersion", "8.0"),
                ("DBNodeClass", "polar.mysql.x4.large"),
                ("PayType", "Postpaid"),
                ("DBNodeNum", "3"),
            ];
            return Asked::new(Operation::CreateDbCluster, &parameters);
        }
        let (source, destination) = (format!("d-source-{number}"), format!("d-destination-{number}"));
        let parameters = [
            ("RegionId", SOURCE),
            ("SourceZoneId", "cn-shanghai-a"),
            ("DiskId", source.as_str()),
            ("DestinationRegionId", DESTINATION),
            ("DestinationZoneId", "cn-beijing-a"),
            ("DestinationDiskId", destination.as_str()),
        ];
        Asked::new(Operation::CreateDiskReplicaPair, &parameters)
    }

    fn ask(&self, number: usize, round: usize) -> Asked {
        let id = self.resources[number].as_str();
        let changes = round.is_multiple_of(LOOKS + 1);
        let turn = round / (LOOKS + 1);
        if number % 2 == 1 {
            let operation = match (changes, turn % 2) {
                (true, 0) => Operation::FailoverDbCluster,
                (true, _) => Operation::DescribeDbClusterEndpoints,
                (false, _) => Operation::DescribeDbClusterAttribute,
            };
            return Asked::new(operation, &[("DBClusterId", id)]);
        }
        if !changes {
            let parameters = [("RegionId", SOURCE), ("PairIds", id)];
            return Asked::new(Operation::DescribeDiskReplicaPairs, &parameters);
        }
        let (operation, region) = PAIR[turn % PAIR.len()];
        let asked = Asked::new(operation, &[("RegionId", region), ("ReplicaPairId", id)]);
        if operation == Operation::ReprotectDiskReplicaPair {
            return asked.with("ReverseReplicate", "false");
        }
        asked
    }
}

impl Iterator for Long {
    type Item = Exchange;

    fn next(&mut self) -> Option<Exchange> {
        self.service.pass(PAUSE);
        let (number, round) = (self.made % self.count, (self.made / self.count).saturating_sub(1));
        let creates = self.made < self.count;
        let asked = if creates { self.create(number) } else { self.ask(number, round) };
        self.made += 1;
        let answer = self.service.perform(&asked);
        self.service.inside.clear();
        if creates {
            let id = ["ReplicaPairId", "DBClusterId"].iter().find_map(|name| answer.body[name].as_str());
            self.resources.push(id.expect("an id").into());
        }
        let now = Timestamp::from_millis(self.service.now);
        Some(Exchange {
            sent: now,
            answered: now,
            order: Some((self.made as u64 * 2, self.made as u64 * 2 + 1)),
            account: ACCOUNT.parse().expect("an account"),
            region: None,
            version: asked.operation.product().version().into(),
            action: asked.operation.as_str().into(),
            parameters: asked.parameters,
            answer: Some(answer),
        })
    }
}
