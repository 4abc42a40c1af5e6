//! Calls and reports about drills.

use failover_model::ebs::{ClearPairDrill, Drill, FreshDrill, StartPairDrill, StartReplicaGroupDrill};

use failover_model::{DrillId, EffectId, Fresh, Refusal, Step};

use super::{OWNER, SOURCE, World, group_id, id, pair_id};

/// Drills: `drill-N` with disks `x-N` and so on.
impl World {
    /// Starts drill `drill-N` of pair `of`, with disk `x-N`.
    #[track_caller]
    pub fn start_drill(&mut self, of: u32, number: u32) -> Result<Step, Refusal> {
        let request = StartPairDrill::new(pair_id(of));
        let region = self.pair(of).destination().region.to_string();
        let output = self.apply(OWNER, &region, None, request.into(), fresh_drill(number, 1)).unwrap();
        output.result.unwrap().map(|_| output.step)
    }

    /// Starts drill `drill-N` of group 1, with disks `x-N`, `x-N+1` and so on.
    #[track_caller]
    pub fn start_group_drill(&mut self, number: u32) -> Result<Step, Refusal> {
        let request = StartReplicaGroupDrill::new(group_id(1));
        let view = self.group(1);
        let region = view.group.destination().region.to_string();
        let fresh = fresh_drill(number, view.pairs.len() as u32);
        let output = self.apply(OWNER, &region, None, request.into(), fresh).unwrap();
        output.result.unwrap().map(|_| output.step)
    }

    pub fn drill(&self, number: u32) -> &Drill {
        self.plane.drill(&drill_id(number)).expect("the drill exists")
    }

    #[track_caller]
    pub fn drill_pending(&self, number: u32) -> EffectId {
        self.drill(number).pending().expect("an effect is pending").id
    }

    #[track_caller]
    pub fn clear_drill(&mut self, of: u32, number: u32) -> Result<Step, Refusal> {
        self.call(SOURCE, ClearPairDrill::new(pair_id(of), drill_id(number)))
    }
}

pub fn drill_id(number: u32) -> DrillId {
    id(&format!("drill-{number}"))
}

pub fn fresh_drill(number: u32, disks: u32) -> Fresh {
    let disks = (number..number + disks).map(|number| id(&format!("x-{number}"))).collect();
    Fresh::Drill(FreshDrill { drill: drill_id(number), disks })
}
