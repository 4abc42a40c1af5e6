//! What holds of the control plane as a whole.

mod calls;
mod map;
mod resources;
mod sequences;
mod simulation;
mod snapshots;
mod violations;
