//! An embedder on the control plane: what it is asked goes into a journal first, and a process that ends at any moment goes on where it
//! was. Here the process "ends" after every single input.

use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use failover_model::ebs::{
    CreateDiskReplicaPair, FailoverDiskReplicaPair, PairCreated, PairStatus, ReprotectDiskReplicaPair,
    StartDiskReplicaPair,
};
use failover_model::snapshot::JournalHead;
use failover_model::{
    Call, ControlPlane, Fresh, Input, Outcome, Output, PairId, Policy, Report, Request, Timestamp,
};

type Failure = Box<dyn Error>;

/// A control plane whose inputs survive the process.
struct Embedder {
    plane: ControlPlane,
    journal: File,
}

impl Embedder {
    fn open(path: &Path) -> Result<Self, Failure> {
        let mut journal = OpenOptions::new().create(true).append(true).open(path)?;
        let text = fs::read_to_string(path)?;
        // Half a line is an input that was not taken: its process ended before anything was answered.
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        journal.set_len(whole as u64)?;
        let mut lines = text[..whole].lines();
        let head: JournalHead = match lines.next() {
            Some(line) => serde_json::from_str(line)?,
            None => {
                let head = JournalHead::new(Policy::default());
                append(&mut journal, &serde_json::to_string(&head)?)?;
                head
            }
        };
        let mut plane = head.open()?;
        for line in lines {
            let input: Input = serde_json::from_str(line)?;
            // A misuse was answered as one then, and changes as little now.
            let _ = plane.apply(&input);
        }
        Ok(Self { plane, journal })
    }

    fn input(&mut self, input: &Input) -> Result<Output, Failure> {
        append(&mut self.journal, &serde_json::to_string(input)?)?;
        Ok(self.plane.apply(input)?)
    }

    /// The first effect that nobody has carried out, reported as done.
    fn next_report(&self, now: Timestamp) -> Option<Input> {
        let effect = self.plane.outstanding().next()?;
        Some(Input::Report(now, Report::Outcome { id: effect.id, outcome: Outcome::Succeeded }))
    }
}

fn append(journal: &mut File, line: &str) -> Result<(), Failure> {
    journal.write_all(format!("{line}\n").as_bytes())?;
    Ok(journal.sync_data()?)
}

/// A pair is created, started, failed over and reversed.
fn calls(pair: &PairId) -> Result<Vec<(&'static str, Request, Fresh)>, Failure> {
    let create = CreateDiskReplicaPair::new(
        ("cn-beijing-a".parse()?, "d-1".parse()?),
        ("cn-shanghai".parse()?, "cn-shanghai-b".parse()?, "d-2".parse()?),
    );
    let fresh = Fresh::Pair(PairCreated { pair: pair.clone(), order: "order-1".parse()? });
    Ok(vec![
        ("cn-beijing", create.into(), fresh),
        ("cn-beijing", StartDiskReplicaPair::new(pair.clone()).into(), Fresh::None),
        ("cn-shanghai", FailoverDiskReplicaPair::new(pair.clone()).into(), Fresh::None),
        ("cn-shanghai", ReprotectDiskReplicaPair::new(pair.clone()).into(), Fresh::None),
    ])
}

/// Makes the calls and carries out what they ask for; `restarts` after every input or never. What the plane is in the end.
fn run(path: &Path, restarts: bool) -> Result<ControlPlane, Failure> {
    let pair: PairId = "pair-1".parse()?;
    let mut embedder = Embedder::open(path)?;
    let mut now = 0;
    for (region, request, fresh) in calls(&pair)? {
        let mut next = Some(Input::Call(
            Call {
                now: Timestamp::from_millis(now),
                account: "1001".parse()?,
                region: region.parse()?,
                token: None,
            },
            request,
            fresh,
        ));
        while let Some(input) = next {
            let output = embedder.input(&input)?;
            for event in &output.step.events {
                println!("{event}");
            }
            if let Some(Err(refusal)) = output.result {
                return Err(refusal.into());
            }
            if restarts {
                let before = embedder.plane;
                embedder = Embedder::open(path)?;
                assert!(embedder.plane == before, "a restart changed something");
            }
            now += 1_000;
            next = embedder.next_report(Timestamp::from_millis(now));
        }
    }
    assert_eq!(embedder.plane.pair(&pair).map(|pair| pair.status()), Some(PairStatus::Stopped));
    Ok(embedder.plane)
}

/// A journal of its own, in a folder for temporary files.
fn fresh(name: &str) -> Result<PathBuf, Failure> {
    let path = std::env::temp_dir().join(format!("job-embedder-{}-{name}", std::process::id()));
    let _ = fs::remove_file(&path);
    Ok(path)
}

fn main() -> Result<(), Failure> {
    let (once, often) = (fresh("once")?, fresh("often")?);
    assert!(run(&once, false)? == run(&often, true)?, "restarts made a difference");
    assert_eq!(fs::read(&once)?, fs::read(&often)?);
    fs::remove_file(once)?;
    fs::remove_file(often)?;
    println!("the same with a restart after every input");
    Ok(())
}

#[test]
fn restarts_make_no_difference() -> Result<(), Failure> {
    main()
}

#[test]
fn half_a_line_is_no_input() -> Result<(), Failure> {
    let path = fresh("half")?;
    let plane = run(&path, false)?;
    let whole = fs::read(&path)?;
    for half in [&br#"{"adv"#[..], br#"{"advance":"#] {
        fs::write(&path, [&whole, half].concat())?;
        assert!(Embedder::open(&path)?.plane == plane);
        assert_eq!(fs::read(&path)?, whole);
    }
    fs::remove_file(path)?;
    Ok(())
}

#[test]
fn a_journal_of_another_version_is_refused() -> Result<(), Failure> {
    let path = fresh("version")?;
    drop(Embedder::open(&path)?);
    let other = fs::read_to_string(&path)?.replace(r#""version":1"#, r#""version":9"#);
    fs::write(&path, other)?;
    assert!(Embedder::open(&path).is_err());
    fs::remove_file(path)?;
    Ok(())
}
