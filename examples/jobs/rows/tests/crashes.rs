//! A crash before each single statement leaves no half step, and what was begun is finished after it.

use std::path::{Path, PathBuf};

use failover_model::ebs::{CreateDiskReplicaPair, PairRequest, PairStatus};
use failover_model::polardb::{ClusterStatus, CreateDbCluster, Engine, FailoverDbCluster};
use failover_model::{ClusterId, EffectId, NodeId, PairId, RegionId, Timestamp, ZoneId};
use job_rows::{Crashed, Failure, Store};

struct Names {
    pair: PairId,
    cluster: ClusterId,
    nodes: Vec<NodeId>,
    here: RegionId,
    there: RegionId,
    zone: ZoneId,
}

fn names() -> Result<Names, Failure> {
    Ok(Names {
        pair: "pair-1".parse()?,
        cluster: "pc-1".parse()?,
        nodes: ["pi-w", "pi-a", "pi-b"].into_iter().map(str::parse).collect::<Result<_, _>>()?,
        here: "cn-beijing".parse()?,
        there: "cn-shanghai".parse()?,
        zone: "cn-beijing-a".parse()?,
    })
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(seconds * 1_000)
}

/// A client that goes on where the database says it is: creates a pair and a cluster, and fails both over.
fn client(store: &Store, names: &Names) -> Result<(), Failure> {
    loop {
        // What is to be carried out comes first.
        if let Some(job) = store.jobs()?.first() {
            store.carry_out(at(1), job)?;
            continue;
        }
        match store.pair(&names.pair)?.map(|pair| pair.status()) {
            None => {
                let there = (names.there.clone(), "cn-shanghai-b".parse()?, "d-2".parse()?);
                let create = CreateDiskReplicaPair::new((names.zone.clone(), "d-1".parse()?), there);
                store.create_pair(&names.pair, (at(1), &names.here), &create)?;
                continue;
            }
            Some(PairStatus::Created) => {
                store.call_pair(&names.pair, (at(1), &names.there), PairRequest::Failover)?;
                continue;
            }
            Some(_) => {}
        }
        match store.cluster(&names.cluster)? {
            None => {
                let create = CreateDbCluster::new(Engine::MySql, "8.0", "polar.mysql.x4.large".parse()?)
                    .node_number(3);
                store.create_cluster(
                    (&names.cluster, &names.nodes),
                    (at(1), &names.here, &names.zone),
                    &create,
                )?;
            }
            Some(cluster) if cluster.last_switch().is_none() => {
                store.fail_cluster_over(at(1), &FailoverDbCluster::new(names.cluster.clone()))?;
            }
            Some(_) => return Ok(()),
        }
    }
}

/// Each row can be read, and the effects in the database are exactly those that the rows wait for.
fn is_whole(store: &Store, names: &Names) -> Result<(), Failure> {
    let mut waits: Vec<EffectId> = Vec::new();
    waits.extend(store.pair(&names.pair)?.and_then(|pair| pair.pending()).map(|pending| pending.id));
    waits.extend(store.cluster(&names.cluster)?.and_then(|cluster| cluster.outstanding()).map(|(id, ..)| id));
    waits.sort();
    let jobs: Vec<EffectId> = store.jobs()?.iter().map(|job| job.id).collect();
    if jobs == waits {
        Ok(())
    } else {
        Err(format!("{jobs:?} are to be done, {waits:?} are waited for").into())
    }
}

fn fresh(name: &str) -> Result<PathBuf, Failure> {
    let path = std::env::temp_dir().join(format!("job-rows-{}-{name}.sqlite", std::process::id()));
    let _ = std::fs::remove_file(&path);
    Ok(path)
}

/// Everything is done, and nothing is left to be carried out.
fn is_done(path: &Path, names: &Names) -> Result<(), Failure> {
    let store = Store::open(path, None)?;
    is_whole(&store, names)?;
    assert_eq!(store.pair(&names.pair)?.map(|pair| pair.status()), Some(PairStatus::Failedover));
    let cluster = store.cluster(&names.cluster)?.ok_or("no cluster")?;
    assert_eq!((cluster.status(), store.jobs()?), (ClusterStatus::Running, vec![]));
    assert_ne!(cluster.writer().map(|writer| &writer.id), names.nodes.first());
    Ok(())
}

#[test]
fn a_crash_before_any_statement_leaves_no_half_step() -> Result<(), Failure> {
    let names = names()?;
    let path = fresh("whole")?;
    let store = Store::open(&path, None)?;
    client(&store, &names)?;
    let all = store.ran.get();
    drop(store);
    is_done(&path, &names)?;
    std::fs::remove_file(&path)?;
    assert!(all > 50, "{all}");
    for crash in 0..all {
        let path = fresh("crash")?;
        let store = Store::open(&path, Some(crash))?;
        let ended = client(&store, &names).expect_err("the process ends");
        assert!(ended.is::<Crashed>(), "{crash}: {ended}");
        drop(store);
        let store = Store::open(&path, None)?;
        is_whole(&store, &names).map_err(|why| format!("after {crash} statements: {why}"))?;
        client(&store, &names)?;
        drop(store);
        is_done(&path, &names)?;
        std::fs::remove_file(&path)?;
    }
    Ok(())
}

/// A row that breaks an invariant is refused.
#[test]
fn a_damaged_row_is_not_read() -> Result<(), Failure> {
    let names = names()?;
    let path = fresh("damaged")?;
    let store = Store::open(&path, None)?;
    client(&store, &names)?;
    let other = rusqlite::Connection::open(&path)?;
    other.execute("UPDATE pairs SET row = replace(row, 'failovered', 'normal')", [])?;
    assert!(store.pair(&names.pair).is_err());
    std::fs::remove_file(&path)?;
    Ok(())
}
