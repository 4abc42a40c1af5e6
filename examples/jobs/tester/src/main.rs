//! A property tester: a system of one's own is held against the rules with generated steps, and the first thing that no rule allows is
//! told as the shortest scenario found. The system here is a control plane behind a front with one mistake at a time.

use failover_model::testing::view::{Answer, View};
use failover_model::testing::{Story, Subject, strategies};
use failover_model::{Call, ControlPlane, Input, Observation, Policy, Product, Report, Request};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// What the front does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mistake {
    /// Fails a pair over wherever it is called.
    AnyRegion,
    /// Forgets the token of a call, so that a repeat is another call.
    NoTokens,
    /// Shows no recover point of a pair that has failed over.
    RecoverPointLost,
    /// Accepts a failover priority and keeps the old one.
    PriorityNotKept,
    /// Does not notice that a node went down.
    Blind,
}

struct Front {
    plane: ControlPlane,
    mistake: Mistake,
}

impl Front {
    fn new(mistake: Mistake) -> Self {
        Self { plane: ControlPlane::new(Policy::default()), mistake }
    }
}

impl Subject for Front {
    fn apply(&mut self, input: &Input) -> Answer {
        let mut input = input.clone();
        match (self.mistake, &mut input) {
            (Mistake::AnyRegion, Input::Call(call, Request::FailoverDiskReplicaPair(request), _)) => {
                if let Some(pair) = self.plane.pair(&request.pair) {
                    call.region = pair.destination().region.clone();
                }
            }
            (Mistake::NoTokens, Input::Call(Call { token, .. }, ..)) => *token = None,
            (Mistake::PriorityNotKept, Input::Call(_, Request::ModifyDbNodeConfig(request), _)) => {
                let known =
                    self.plane.cluster(&request.cluster).and_then(|cluster| cluster.node(&request.node));
                if let Some(node) = known {
                    request.priority = node.priority;
                }
            }
            (
                Mistake::Blind,
                Input::Report(now, Report::Observed(Observation::Node { .. } | Observation::Nodes { .. })),
            ) => {
                let now = (*now).min(self.plane.clock());
                return Subject::apply(&mut self.plane, &Input::Advance(now));
            }
            _ => {}
        }
        Subject::apply(&mut self.plane, &input)
    }

    fn view(&self) -> View {
        let mut view = Subject::view(&self.plane);
        if self.mistake == Mistake::RecoverPointLost {
            for pair in view.pairs.iter_mut().filter(|pair| pair.status == "failovered") {
                pair.recover_point = None;
            }
        }
        view
    }
}

/// The story of a mistake, from the first generated sequence that shows it.
fn story(mistake: Mistake, product: Product) -> Option<Story> {
    let mut runner = TestRunner::deterministic();
    let steps = strategies::steps_of(product, 20..80);
    (0..500).find_map(|_| {
        let steps = steps.new_tree(&mut runner).ok()?.current();
        Story::of(&Policy::default(), || Front::new(mistake), &steps)
    })
}

const MISTAKES: [(Mistake, Product); 5] = [
    (Mistake::AnyRegion, Product::Ebs),
    (Mistake::NoTokens, Product::Ebs),
    (Mistake::RecoverPointLost, Product::Ebs),
    (Mistake::PriorityNotKept, Product::PolarDb),
    (Mistake::Blind, Product::PolarDb),
];

fn main() {
    for (mistake, product) in MISTAKES {
        match story(mistake, product) {
            Some(story) => println!("## {mistake:?}\n\n{story}"),
            None => println!("## {mistake:?} was not found\n"),
        }
    }
}

#[test]
fn five_mistakes_are_found_and_told_in_ten_lines_each() {
    let mut kinds = Vec::new();
    for (mistake, product) in MISTAKES {
        let story = story(mistake, product).unwrap_or_else(|| panic!("{mistake:?} was not found"));
        assert!(story.commands().count() <= 10, "{mistake:?}\n{story}");
        failover_model::scenario::replay(story.scenario()).unwrap_or_else(|bad| panic!("{bad}\n{story}"));
        kinds.push((story.divergence().aspect, story.divergence().rule));
    }
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), 5, "{kinds:?}");
}
