//! The shortest way to what is wrong in a world.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::control_plane::{ControlPlane, Input};

/// The shortest way to what is wrong, in inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counterexample {
    /// What is wrong.
    pub why: String,
    /// Where the world begins.
    pub start: ControlPlane,
    /// The inputs that lead there, one after the other.
    pub inputs: Vec<Input>,
}

impl fmt::Display for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, after {} inputs", self.why, self.inputs.len())?;
        self.inputs.iter().try_for_each(|input| write!(f, "\n  {input:?}"))
    }
}

#[cfg(feature = "wire")]
mod played {
    use std::format;
    use std::string::{String, ToString};

    use super::Counterexample;
    use crate::control_plane::{Input, Outcome, Report};
    use crate::scenario::replay;
    use crate::testing::explore::time;
    use crate::testing::story::report as told;
    use crate::time::Timestamp;

    impl Counterexample {
        /// The way as a [scenario](crate::scenario), with what the model answers: `restore` with the state in which the world
        /// begins, then each input, in words where a scenario has them and else as a journal holds it.
        pub fn scenario(&self) -> String {
            let mut text = String::new();
            for line in self.why.lines() {
                text.push_str(&format!("# {line}\n"));
            }
            text.push('\n');
            let mut now = self.start.clock();
            let start = json(&self.start.snapshot());
            let mut lines = std::vec![format!("restore {start}")];
            for input in &self.inputs {
                lines.push(command(input, now));
                now = now.max(time(input));
            }
            for line in lines {
                text.push_str(&format!("{line}\n----\n\n"));
            }
            // Whatever was written here can be read.
            replay(&text).unwrap_or(text)
        }
    }

    fn json(value: &impl serde::Serialize) -> String {
        serde_json::to_string(value).unwrap_or_else(|unwritable| unwritable.to_string())
    }

    fn command(input: &Input, now: Timestamp) -> String {
        match input {
            Input::Advance(to) => format!("advance {}ms", to.since(now).as_millis()),
            // A message may have blanks, and words say no reason of a failure in part.
            Input::Report(
                at,
                report @ Report::Outcome {
                    outcome: Outcome::Succeeded | Outcome::Chosen(_) | Outcome::Failed { message: None, .. },
                    ..
                },
            ) if *at == now => told(report).unwrap_or_else(|| apply(input)),
            Input::Call(..) | Input::Report(..) => apply(input),
        }
    }

    fn apply(input: &Input) -> String {
        format!("apply {}", json(input))
    }
}
