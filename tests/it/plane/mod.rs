//! What holds of the control plane as a whole.

mod calls;
mod journals;
mod misuse;
mod resources;
mod sequences;
mod simulation;
mod snapshots;
mod texts;
mod violations;
