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

/// A position in the list that the owner asks for at the source.
fn cursor(request: impl Into<failover_model::Request>, at: u64) -> failover_model::Cursor {
    let (account, region) = (crate::kit::id(crate::kit::OWNER), crate::kit::id(crate::kit::SOURCE));
    let list = request.into().list(&account, &region).expect("a list by token");
    failover_model::Cursor { at, list }
}
