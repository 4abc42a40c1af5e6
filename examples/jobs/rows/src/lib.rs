//! Pairs and clusters as rows of a SQLite database: each call and each report is one transaction that loads a row, decides, applies the
//! plan to what it was decided on, and stores the row with the effect that it asks for.
//!
//! Every statement after those that open the database can be made to fail as if the process ended before it, so that a test tries a crash at each.

use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::path::Path;

use failover_model::ebs::{self, CreateDiskReplicaPair, PairPlan, PairRequest, ReplicaPair};
use failover_model::polardb::{
    self, ClusterEffect, ClusterPlan, ClusterStep, CreateDbCluster, DbCluster, FailoverDbCluster,
};
use failover_model::policy::Policy;
use failover_model::{ClusterId, EffectId, NodeId, Outcome, PairId, RegionId, Timestamp, ZoneId};
use rusqlite::{Connection, OptionalExtension, Params, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub type Failure = Box<dyn Error>;

/// The process ended.
#[derive(Debug)]
pub struct Crashed;

impl fmt::Display for Crashed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the process ended")
    }
}

impl Error for Crashed {}

/// An effect that is to be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub id: EffectId,
    /// The table of its resource.
    pub table: String,
    pub resource: String,
}

pub struct Store {
    connection: Connection,
    policy: Policy,
    /// How many statements run before the process ends; `None` for any number.
    left: Cell<Option<u32>>,
    /// How many ran.
    pub ran: Cell<u32>,
}

impl Store {
    pub fn open(path: &Path, left: Option<u32>) -> Result<Self, Failure> {
        let connection = Connection::open(path)?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS pairs (id TEXT PRIMARY KEY, revision INTEGER NOT NULL, row TEXT NOT NULL);
             CREATE TABLE IF NOT EXISTS clusters (id TEXT PRIMARY KEY, revision INTEGER NOT NULL, row TEXT NOT NULL);
             CREATE TABLE IF NOT EXISTS effects (id INTEGER PRIMARY KEY, place TEXT NOT NULL, resource TEXT NOT NULL);
             CREATE TABLE IF NOT EXISTS counter (last INTEGER NOT NULL);
             INSERT INTO counter SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM counter);",
        )?;
        Ok(Self { connection, policy: Policy::default(), left: Cell::new(left), ran: Cell::new(0) })
    }

    /// Counts a statement, unless the process ends before it.
    fn step(&self) -> Result<(), Crashed> {
        match self.left.get() {
            Some(0) => return Err(Crashed),
            left => self.left.set(left.map(|left| left - 1)),
        }
        self.ran.set(self.ran.get() + 1);
        Ok(())
    }

    fn execute(&self, sql: &str, values: impl Params) -> Result<usize, Failure> {
        self.step()?;
        Ok(self.connection.execute(sql, values)?)
    }

    /// All of it, or nothing.
    fn transaction<T>(&self, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        self.execute("BEGIN IMMEDIATE", [])?;
        match work().and_then(|done| self.execute("COMMIT", []).map(|_| done)) {
            Ok(done) => Ok(done),
            // A process that ended rolls nothing back; the database does when it is opened again.
            Err(crashed) if crashed.is::<Crashed>() => Err(crashed),
            Err(why) => {
                self.execute("ROLLBACK", [])?;
                Err(why)
            }
        }
    }

    fn load<R: DeserializeOwned>(&self, table: &str, id: &str) -> Result<Option<R>, Failure> {
        self.step()?;
        let sql = format!("SELECT row FROM {table} WHERE id = ?1");
        let row: Option<String> = self.connection.query_row(&sql, [id], |row| row.get(0)).optional()?;
        // A row that breaks an invariant is an error here.
        Ok(row.map(|row| serde_json::from_str(&row)).transpose()?)
    }

    /// Stores a row that was loaded at this revision, or a new one.
    fn store(
        &self,
        table: &str,
        id: &str,
        was: Option<u64>,
        now: u64,
        row: &impl Serialize,
    ) -> Result<(), Failure> {
        let row = serde_json::to_string(row)?;
        let changed = match was {
            None => {
                let sql = format!("INSERT INTO {table} (id, revision, row) VALUES (?1, ?2, ?3)");
                self.execute(&sql, params![id, now.cast_signed(), row])?
            }
            Some(was) => {
                let sql =
                    format!("UPDATE {table} SET revision = ?2, row = ?3 WHERE id = ?1 AND revision = ?4");
                self.execute(&sql, params![id, now.cast_signed(), row, was.cast_signed()])?
            }
        };
        if changed == 1 { Ok(()) } else { Err(format!("{id} was changed by somebody else").into()) }
    }

    /// An effect id that was never used.
    fn next_effect(&self) -> Result<EffectId, Failure> {
        self.step()?;
        let sql = "UPDATE counter SET last = last + 1 RETURNING last";
        let last: i64 = self.connection.query_row(sql, [], |row| row.get(0))?;
        Ok(EffectId(last.cast_unsigned()))
    }

    fn ask(&self, id: EffectId, table: &str, resource: &str) -> Result<(), Failure> {
        let sql = "INSERT INTO effects (id, place, resource) VALUES (?1, ?2, ?3)";
        self.execute(sql, params![id.0.cast_signed(), table, resource]).map(drop)
    }

    fn end(&self, id: EffectId) -> Result<(), Failure> {
        self.execute("DELETE FROM effects WHERE id = ?1", [id.0.cast_signed()]).map(drop)
    }

    pub fn pair(&self, id: &PairId) -> Result<Option<ReplicaPair>, Failure> {
        self.load("pairs", id.as_str())
    }

    pub fn cluster(&self, id: &ClusterId) -> Result<Option<DbCluster>, Failure> {
        self.load("clusters", id.as_str())
    }

    /// What nobody has carried out yet.
    pub fn jobs(&self) -> Result<Vec<Job>, Failure> {
        self.step()?;
        let mut query = self.connection.prepare("SELECT id, place, resource FROM effects ORDER BY id")?;
        let job = |row: &rusqlite::Row<'_>| {
            let id: i64 = row.get(0)?;
            Ok(Job { id: EffectId(id.cast_unsigned()), table: row.get(1)?, resource: row.get(2)? })
        };
        Ok(query.query_map([], job)?.collect::<Result<_, _>>()?)
    }

    pub fn create_pair(
        &self,
        id: &PairId,
        (now, region): (Timestamp, &RegionId),
        request: &CreateDiskReplicaPair,
    ) -> Result<(), Failure> {
        self.transaction(|| {
            let effect = self.next_effect()?;
            let at = ebs::Context { now, effect, policy: &self.policy.ebs };
            let pair = ReplicaPair::create(at, id.clone(), "1001".parse()?, region, request)?;
            self.store("pairs", id.as_str(), None, pair.revision().get(), &pair)?;
            self.ask(effect, "pairs", id.as_str())
        })
    }

    pub fn call_pair(
        &self,
        id: &PairId,
        (now, region): (Timestamp, &RegionId),
        request: PairRequest<'_>,
    ) -> Result<(), Failure> {
        self.change_pair(id, now, |pair, at| Ok(pair.decide(at, region, request)?))
    }

    fn change_pair(
        &self,
        id: &PairId,
        now: Timestamp,
        decide: impl FnOnce(&ReplicaPair, ebs::Context<'_>) -> Result<PairPlan, Failure>,
    ) -> Result<(), Failure> {
        self.transaction(|| {
            let mut pair = self.pair(id)?.ok_or("there is no such pair")?;
            let was = pair.revision().get();
            // An id that is not used is a gap in the numbers and nothing else.
            let at = ebs::Context { now, effect: self.next_effect()?, policy: &self.policy.ebs };
            let plan = decide(&pair, at)?;
            let applied = pair.apply(plan)?;
            self.store("pairs", id.as_str(), Some(was), pair.revision().get(), &pair)?;
            if let Some(ended) = applied.ended {
                self.end(ended.id)?;
            }
            if let Some(asked) = applied.asked {
                self.ask(asked.id, "pairs", id.as_str())?;
            }
            Ok(())
        })
    }

    pub fn create_cluster(
        &self,
        (id, nodes): (&ClusterId, &[NodeId]),
        (now, region, zone): (Timestamp, &RegionId, &ZoneId),
        request: &CreateDbCluster,
    ) -> Result<(), Failure> {
        self.transaction(|| {
            let effect = self.next_effect()?;
            let at = polardb::Context { now, effect, policy: &self.policy.polardb };
            let cluster =
                DbCluster::create(at, (id.clone(), nodes), "1001".parse()?, (region, zone), request)?;
            self.store("clusters", id.as_str(), None, cluster.revision().get(), &cluster)?;
            self.ask(effect, "clusters", id.as_str())
        })
    }

    pub fn fail_cluster_over(&self, now: Timestamp, request: &FailoverDbCluster) -> Result<(), Failure> {
        self.change_cluster(&request.cluster, now, |cluster, at| Ok(cluster.decide_failover(at, request)?))
    }

    fn change_cluster(
        &self,
        id: &ClusterId,
        now: Timestamp,
        decide: impl FnOnce(&DbCluster, polardb::Context<'_>) -> Result<ClusterPlan, Failure>,
    ) -> Result<(), Failure> {
        self.transaction(|| {
            let mut cluster = self.cluster(id)?.ok_or("there is no such cluster")?;
            let was = cluster.revision().get();
            let at = polardb::Context { now, effect: self.next_effect()?, policy: &self.policy.polardb };
            let plan = decide(&cluster, at)?;
            let ClusterStep { asked, ended, .. } = cluster.apply(plan)?;
            self.store("clusters", id.as_str(), Some(was), cluster.revision().get(), &cluster)?;
            for ended in ended {
                self.end(ended)?;
            }
            if let Some(asked) = asked {
                self.ask(asked.id, "clusters", id.as_str())?;
            }
            Ok(())
        })
    }

    /// Carries out a job, which here succeeds at once; of several nodes the first is chosen. That it was done is one transaction; a
    /// process that ends before it does it again.
    pub fn carry_out(&self, now: Timestamp, job: &Job) -> Result<(), Failure> {
        if job.table == "pairs" {
            return self.change_pair(&job.resource.parse()?, now, |pair, at| {
                Ok(pair.decide_outcome(at, job.id, &Outcome::Succeeded)?)
            });
        }
        self.change_cluster(&job.resource.parse()?, now, |cluster, at| {
            let outcome = match cluster.outstanding() {
                Some((id, _, ClusterEffect::ChooseNode(tier))) if id == job.id => {
                    Outcome::Chosen(tier.first().ok_or("nobody is offered")?.clone())
                }
                _ => Outcome::Succeeded,
            };
            Ok(cluster.decide_outcome(at, job.id, &outcome)?)
        })
    }
}
