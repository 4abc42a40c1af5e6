//! The rules by resource, each through the control plane.

mod drills;
mod failover;
mod fairness;
mod groups;
mod losing_nodes;
mod networks;
mod nodes;
mod observation;
mod pairs;
mod peers;
mod regions;
mod selection;
mod settings;
mod zonal;
