//! Feature `testing`: property tests of this crate, and of any other implementation against its rules.
//!
//! [`Reference`] states the rules of pairs, groups, drills, clusters and tokens a second time, naively. [`Drive`] applies
//! generated inputs to a system under test and to the reference, and reports the first behaviour that no rule allows in
//! words. [`Bug`] lists mistakes to measure such a test by, each built into a [`ReferenceSubject`] on request.
//!
//! Implement [`Subject`] for the system: apply an [`Input`](crate::Input), return the [`Answer`](view::Answer), and show
//! the visible state as a [`View`](view::View). The pending effects in the view have ids of the system's own choice; the
//! steps report on them: success, failure, late. A system that breaks ties itself, or checks a call in another order,
//! declares that [`Leeway`](view::Leeway) and is not reported for it.
//!
//! ```
//! use failover_model::testing::view::{Answer, View};
//! use failover_model::testing::{Aspect, Drive, Reference, Subject, strategies};
//! use failover_model::{ControlPlane, Input, Policy, Request};
//! use proptest::strategy::{Strategy, ValueTree};
//! use proptest::test_runner::TestRunner;
//!
//! /// The system under test: here the control plane, made to ignore the region rule of failover.
//! struct Mine(ControlPlane);
//!
//! impl Subject for Mine {
//!     fn apply(&mut self, input: &Input) -> Answer {
//!         let mut input = input.clone();
//!         if let Input::Call(call, Request::FailoverDiskReplicaPair(request), _) = &mut input
//!             && let Some(pair) = self.0.pair(&request.pair)
//!         {
//!             call.region = pair.destination().region.clone();
//!         }
//!         Subject::apply(&mut self.0, &input)
//!     }
//!
//!     fn view(&self) -> View {
//!         Subject::view(&self.0)
//!     }
//! }
//!
//! let mut runner = TestRunner::deterministic();
//! let mut found = None;
//! while found.is_none() {
//!     let steps = strategies::steps(1..60).new_tree(&mut runner).unwrap().current();
//!     let (reference, mine) = (Reference::new(Policy::default()), Mine(ControlPlane::new(Policy::default())));
//!     found = Drive::new(reference, mine).and_then(|mut drive| drive.run(&steps)).err();
//! }
//! let divergence = found.unwrap();
//! assert_eq!(divergence.aspect, Aspect::Answer);
//! assert!(divergence.to_string().contains("FailoverDiskReplicaPair"), "{divergence}");
//! ```
//!
//! [`explore`] walks a small world to its last state instead of drawing inputs.
//!
//! In a property test the strategy draws the steps, and they shrink. [`Story`] tells what is left as the shortest scenario that
//! it finds:
//!
//! ```
//! use failover_model::testing::{Bug, Reference, ReferenceSubject, Story, strategies};
//! use failover_model::{Policy, Product};
//! use proptest::strategy::{Strategy, ValueTree};
//! use proptest::test_runner::TestRunner;
//!
//! let policy = Policy::default();
//! let wrong = || ReferenceSubject::new(Reference::new(policy.clone()), Some(Bug::SourceRegionFailsOver));
//! let mut runner = TestRunner::deterministic();
//! let steps = strategies::steps_of(Product::Ebs, 20..60);
//! let story = core::iter::repeat_with(|| steps.new_tree(&mut runner).unwrap().current())
//!     .find_map(|steps| Story::of(&policy, wrong, &steps))
//!     .unwrap();
//! assert!(story.commands().count() < 10, "{story}");
//! ```

mod bug;
mod conformance;
pub mod explore;
mod reference;
mod reference_subject;
pub mod steps;
pub mod story;
pub mod strategies;
pub mod view;

pub use bug::Bug;
pub use conformance::{Aspect, Divergence, Drive, Driven, Subject, Summary};
pub use reference::{Branch, Reference};
pub use reference_subject::ReferenceSubject;
pub use story::Story;
