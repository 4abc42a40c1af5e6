//! 100,000 exchanges over 1,000 pairs, explained in two threads; and what is allocated at most for a trace of a tenth of the length
//! over as many.

use std::time::Instant;

use failover_model::simulation::{LatencyProfile, Simulation, Transitions};
use failover_model::trace::explain::{Explainer, Explanation, Limits, Options, Share, Survey, Verdict};
use failover_model::trace::{Answer, Exchange};
use failover_model::wire::{Body, Format, parse};
use failover_model::{Call, ControlPlane, Operation, Policy, Timestamp};

const ACCOUNT: &str = "1234567890123456";
const SOURCE: &str = "cn-shanghai";
const DESTINATION: &str = "cn-beijing";
const RESOURCES: usize = 1_000;

/// A call to a simulated service, as it is recorded. The answer comes when the next calls, on other pairs, are on their way.
pub fn exchange(
    simulation: &mut Simulation,
    (now, number): (u64, u64),
    operation: Operation,
    parameters: &[(&str, &str)],
) -> Exchange {
    let version = operation.product().version();
    let parsed =
        parse(Some(operation.as_str()), Some(version), &parameters.iter().copied().collect()).unwrap();
    let call = Call {
        now: Timestamp::from_millis(now),
        account: ACCOUNT.parse().unwrap(),
        region: parsed.region.unwrap_or_else(|| "cn-hangzhou".parse().unwrap()),
        token: parsed.token,
    };
    let (output, _) = simulation.call(&call, &parsed.request);
    let body = match output.result.unwrap() {
        Ok(response) => Body::success(operation, &response, "R", Format::Json),
        Err(refusal) => Body::error(&refusal.wire(), None, "R", "host", Format::Json),
    };
    Exchange {
        sent: Timestamp::from_millis(now),
        answered: Timestamp::from_millis(now + 3),
        order: Some((number * 2, number * 2 + 7)),
        account: ACCOUNT.parse().unwrap(),
        region: None,
        version: version.into(),
        action: operation.as_str().into(),
        parameters: parameters.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
        answer: Some(Answer { status: body.status, body: serde_json::from_str(&body.text).unwrap() }),
    }
}

/// Pairs that are created, copied, failed over and reversed again and again, each polled after every step.
fn trace(length: usize) -> Vec<Exchange> {
    let mut simulation =
        Simulation::new(ControlPlane::new(Policy::default()), 7, Transitions::Timed, LatencyProfile::QUICK);
    let mut all: Vec<Exchange> = Vec::with_capacity(length);
    let mut pairs: Vec<String> = Vec::with_capacity(RESOURCES);
    let mut now = 1_767_225_600_000;
    for at in 0..length {
        now += 10;
        let _ = simulation.advance(Timestamp::from_millis(now));
        let (pair, round) = (at % RESOURCES, at / RESOURCES);
        let when = (now, at as u64);
        if round == 0 {
            let (from, to) = (format!("d-from-{pair}"), format!("d-to-{pair}"));
            let created = exchange(
                &mut simulation,
                when,
                Operation::CreateDiskReplicaPair,
                &[
                    ("RegionId", SOURCE),
                    ("SourceZoneId", "cn-shanghai-a"),
                    ("DiskId", &from),
                    ("DestinationRegionId", DESTINATION),
                    ("DestinationZoneId", "cn-beijing-a"),
                    ("DestinationDiskId", &to),
                ],
            );
            pairs.push(created.answer.as_ref().unwrap().body["ReplicaPairId"].as_str().unwrap().into());
            all.push(created);
            continue;
        }
        let id = &pairs[pair];
        let step = (round / 2 + pair) % 4;
        let (operation, region) = match (round % 2, step) {
            (0, 0) => (Operation::StartDiskReplicaPair, SOURCE),
            (0, 1) => (Operation::FailoverDiskReplicaPair, DESTINATION),
            (0, 2) => (Operation::ReprotectDiskReplicaPair, DESTINATION),
            (0, _) => (Operation::StopDiskReplicaPair, SOURCE),
            _ => (Operation::DescribeDiskReplicaPairs, SOURCE),
        };
        let name = if round % 2 == 0 { "ReplicaPairId" } else { "PairIds" };
        all.push(exchange(&mut simulation, when, operation, &[("RegionId", region), (name, id)]));
    }
    all
}

fn explain(trace: &[Exchange], threads: usize) -> Explanation {
    let options = Options { limits: Limits { steps_kept: 0, ..Limits::default() }, ..Options::default() };
    let mut survey = Survey::default();
    trace.iter().for_each(|exchange| survey.see(exchange));
    std::thread::scope(|scope| {
        let part = |part| {
            let (survey, options) = (&survey, &options);
            scope.spawn(move || {
                let mut explainer = Explainer::sharing(survey, options, Share { part, of: threads });
                trace.iter().for_each(|exchange| explainer.take(exchange.clone()));
                explainer.finish()
            })
        };
        let parts: Vec<_> = (0..threads).map(part).collect();
        let found = parts.into_iter().map(|part| part.join().unwrap());
        found.reduce(Explanation::join).unwrap_or_default()
    })
}

/// What explaining allocates at most at a time, in one thread.
fn most_allocated(trace: &[Exchange]) -> u64 {
    let options = Options { limits: Limits { steps_kept: 0, ..Limits::default() }, ..Options::default() };
    let mut survey = Survey::default();
    trace.iter().for_each(|exchange| survey.see(exchange));
    let measured = allocation_counter::measure(|| {
        let mut explainer = Explainer::new(&survey, &options);
        trace.iter().for_each(|exchange| explainer.take(exchange.clone()));
        std::hint::black_box(explainer.finish());
    });
    measured.bytes_max
}

pub fn run() -> usize {
    let long = trace(100_000);
    let began = Instant::now();
    let found = explain(&long, 2);
    let took = began.elapsed().as_secs_f64();
    println!(
        "{} exchanges over {RESOURCES} pairs, {} judged in {} components, two threads: {took:.2} s (goal 10), {}",
        long.len(),
        found.judged,
        found.parts.len(),
        found.verdict()
    );
    let (whole, tenth) = (most_allocated(&long), most_allocated(&long[..10_000]));
    let ratio = whole as f64 / tenth as f64;
    println!(
        "at most allocated at a time: {whole} bytes, {tenth} for a tenth of the length: {ratio:.2} (goal 1.5)"
    );
    usize::from(found.verdict() != Verdict::Accepted) + usize::from(took > 10.0) + usize::from(ratio > 1.5)
}
