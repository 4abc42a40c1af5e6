//! `DescribeHALogs`: the switches of a cluster (`P-510` to `P-514`). `HaStatus` is inverted: 0 says that there are
//! any.

use alloc::string::String;
use alloc::vec::Vec;

use super::clusters::cluster;
use crate::control_plane::Refusal;
use crate::ids::{ClusterId, NodeId};
use crate::polardb::{Cause, DescribeHaLogs, HaLogPage, Switch};
use crate::rule::cite;
use crate::wire::civil::{format_iso, parse_moment};
use crate::wire::object::{Number, Text, count, object, text};
use crate::wire::reader::{INT32, Reader};
use crate::wire::rules::{P_512, P_513, P_514};

pub(in crate::wire) fn ha_logs(reader: &mut Reader<'_>) -> Result<DescribeHaLogs, Refusal> {
    let cluster = cluster(reader)?;
    let node = reader.optional("DBNodeId", NodeId::parse)?;
    let page_number = reader.number("PageNumber", 1..=INT32)?.unwrap_or(1);
    let page_size = reader.number("PageSize", 5..=50)?.unwrap_or(10);
    let from = reader.optional("StartTime", parse_moment)?;
    let to = reader.optional("EndTime", parse_moment)?;
    if from.zip(to).is_some_and(|(from, to)| to <= from) {
        return Err(reader.bad("EndTime", "not later than StartTime (P-514)"));
    }
    reader.required("LogType", |text| match text {
        "HaSwitchLogList" => Ok(()),
        _ => Err("HaSwitchLogList is the only type of log"),
    })?;
    Ok(DescribeHaLogs { cluster, node, from, to, page_number, page_size })
}

cite!(P_512, P_513, P_514);

object! {
    /// What `DescribeHALogs` answers.
    DescribeHaLogsResponse(page: &HaLogPage, request_id: &str) {
        total_records: Number = "TotalRecords" => count(page.total),
        items_numbers: Number = "ItemsNumbers" => count(page.switches.len()),
        page_number: Number = "PageNumber" => Some(page.page_number.into()),
        page_size: Number = "PageSize" => Some(page.page_size.into()),
        instance: Text = "DBInstanceName" => text(page.node.as_ref().map_or(page.cluster.as_str(), NodeId::as_str)),
        instance_type: Text = "DBInstanceType" => text(page.instance_type.as_str()),
        ha_status: Number = "HaStatus" => Some((page.total == 0).into()),
        items: Vec<HaLogItem> = "HaLogItems" => page.switches.iter().map(|switch| HaLogItem::new(&page.cluster, switch)).collect(),
        request_id: String = "RequestId" => request_id.into(),
    }

    /// A switch.
    HaLogItem(cluster: &ClusterId, switch: &Switch) {
        switch: Text = "SwitchId" => Some(switch.id(cluster)),
        cause_code: Text = "SwitchCauseCode" => text("Platform.Ha.AuroraService.ManualOperations").filter(|_| switch.cause == Cause::Manual),
        cause_detail: Text = "SwitchCauseDetail" => text("Platform.Ha.ManuallyTriggered").filter(|_| switch.cause == Cause::Manual),
        start_time: Text = "SwitchStartTime" => Some(format_iso(switch.started_at)),
        finish_time: Text = "SwitchFinishTime" => Some(format_iso(switch.finished_at)),
    }
}
