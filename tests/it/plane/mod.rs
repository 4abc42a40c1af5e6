//! What holds of the control plane as a whole.

mod calls;
mod resources;
mod sequences;
mod simulation;
mod snapshots;
mod violations;
