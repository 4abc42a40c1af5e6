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
use crate::wire::object::{count, object, text};
use crate::wire::reader::{INT32, Reader};
use crate::wire::rules::{P_512, P_513, P_514};

pub(in crate::wire) fn ha_logs(reader: &mut Reader<'_>) -> Result<DescribeHaLogs, Refusal> {
    cite!(P_514);
    let cluster = cluster(reader)?;
    let node = reader.optional("DBNodeId", NodeId::parse)?;
    let page_number = reader.number("PageNumber", 1..=INT32)?;
    let page_size = reader.number("PageSize", 5..=50)?;
    let from = reader.optional("StartTime", parse_moment)?;
    let to = reader.optional("EndTime", parse_moment)?;
    if from.zip(to).is_some_and(|(from, to)| to <= from) {
        return Err(reader.bad("EndTime", "not later than StartTime (P-514)"));
    }
    reader.required("LogType", |text| match text {
        "HaSwitchLogList" => Ok(()),
        _ => Err("HaSwitchLogList is the only type of log"),
    })?;
    Ok(DescribeHaLogs {
        cluster,
        node,
        from,
        to,
        page_number: page_number.and_then(|number| u32::try_from(number).ok()).unwrap_or(1),
        page_size: page_size.and_then(|size| u16::try_from(size).ok()).unwrap_or(10),
    })
}

object! {
    /// What `DescribeHALogs` answers.
    DescribeHaLogsResponse {
        total_records: Option<u64> = "TotalRecords",
        items_numbers: Option<u64> = "ItemsNumbers",
        page_number: Option<u64> = "PageNumber",
        page_size: Option<u64> = "PageSize",
        instance: Option<String> = "DBInstanceName",
        instance_type: Option<String> = "DBInstanceType",
        ha_status: Option<u64> = "HaStatus",
        items: Vec<HaLogItem> = "HaLogItems",
        request_id: String = "RequestId",
    }

    /// A switch.
    HaLogItem {
        switch: Option<String> = "SwitchId",
        cause_code: Option<String> = "SwitchCauseCode",
        cause_detail: Option<String> = "SwitchCauseDetail",
        start_time: Option<String> = "SwitchStartTime",
        finish_time: Option<String> = "SwitchFinishTime",
    }
}

impl DescribeHaLogsResponse {
    /// The answer.
    pub fn new(page: &HaLogPage, request_id: &str) -> Self {
        cite!(P_513);
        Self {
            total_records: count(page.total),
            items_numbers: count(page.switches.len()),
            page_number: Some(u64::from(page.page_number)),
            page_size: Some(u64::from(page.page_size)),
            instance: text(page.node.as_ref().map_or(page.cluster.as_str(), |node| node.as_str())),
            instance_type: text(page.instance_type.as_str()),
            ha_status: Some(u64::from(page.total == 0)),
            items: page.switches.iter().map(|switch| HaLogItem::new(&page.cluster, switch)).collect(),
            request_id: String::from(request_id),
        }
    }
}

impl HaLogItem {
    fn new(cluster: &ClusterId, switch: &Switch) -> Self {
        cite!(P_512);
        let (code, detail) = match switch.cause {
            Cause::Manual => {
                (text("Platform.Ha.AuroraService.ManualOperations"), text("Platform.Ha.ManuallyTriggered"))
            }
            Cause::Automatic | Cause::RollBack => (None, None),
        };
        Self {
            switch: Some(switch.id(cluster)),
            cause_code: code,
            cause_detail: detail,
            start_time: Some(format_iso(switch.started_at)),
            finish_time: Some(format_iso(switch.finished_at)),
        }
    }
}
