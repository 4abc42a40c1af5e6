//! What SQL says of the database of a node.

use std::path::Path;
use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::{Client, Config, NoTls};

use super::postgres::{USER, lsn};
use crate::protocol::{Sql, Standby};

/// How long an answer may take before the database counts as one that gives none.
pub const PATIENCE: Duration = Duration::from_secs(1);

const LOOK: &str = "SELECT pg_is_in_recovery(), \
    (CASE WHEN pg_is_in_recovery() THEN coalesce(greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), '0/0') \
     ELSE pg_current_wal_flush_lsn() END)::text, \
    coalesce((SELECT status = 'streaming' FROM pg_stat_wal_receiver), false)";

const STANDBYS: &str = "SELECT application_name, state = 'streaming', sync_state IN ('sync', 'quorum'), \
    coalesce(flush_lsn, '0/0')::text FROM pg_stat_replication";

/// A connection over the socket of the node.
pub async fn connect(socket: &Path, port: u16) -> Result<Client, String> {
    let mut config = Config::new();
    config.host_path(socket).port(port).user(USER).dbname("postgres").connect_timeout(PATIENCE);
    open(&config).await
}

/// A connection to another node.
pub async fn connect_to(address: &str) -> Result<Client, String> {
    let (host, port) = address.rsplit_once(':').ok_or_else(|| format!("{address} is no HOST:PORT"))?;
    let port = port.parse().map_err(|_| format!("{address} is no HOST:PORT"))?;
    let mut config = Config::new();
    config.host(host).port(port).user(USER).dbname("postgres").connect_timeout(PATIENCE);
    open(&config).await
}

async fn open(config: &Config) -> Result<Client, String> {
    // A stopped server accepts connections and never answers.
    let opened = timeout(PATIENCE, config.connect(NoTls)).await.map_err(|_| "no answer".to_owned())?;
    let (client, connection) = opened.map_err(|error| error.to_string())?;
    tokio::spawn(async move {
        // Who asks next hears that it is closed.
        let _ = connection.await;
    });
    Ok(client)
}

/// Asks.
pub async fn look(client: &Client) -> Result<Sql, String> {
    let asked = async {
        let row = client.query_one(LOOK, &[]).await?;
        let (recovery, written, streaming): (bool, String, bool) =
            (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let mut standbys = Vec::new();
        if !recovery {
            for row in client.query(STANDBYS, &[]).await? {
                standbys.push(Standby {
                    node: row.try_get(0)?,
                    streaming: row.try_get::<_, Option<bool>>(1)?.unwrap_or(false),
                    synchronous: row.try_get::<_, Option<bool>>(2)?.unwrap_or(false),
                    flushed: lsn(&row.try_get::<_, String>(3)?).unwrap_or_default(),
                });
            }
        }
        Ok(Sql { recovery, written: lsn(&written).unwrap_or_default(), streaming, standbys })
    };
    let answer: Result<Sql, tokio_postgres::Error> =
        timeout(PATIENCE, asked).await.map_err(|_| "no answer".to_owned())?;
    answer.map_err(|error| error.to_string())
}

/// Runs a statement, within a time.
pub async fn execute(client: &Client, statement: &str, most: Duration) -> Result<(), String> {
    let ran = timeout(most, client.batch_execute(statement)).await;
    ran.map_err(|_| "no answer".to_owned())?.map_err(|error| error.to_string())
}
