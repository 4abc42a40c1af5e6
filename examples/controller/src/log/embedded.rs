//! The journal in a folder of this process: the emulator's store.

use std::path::Path;

use failover_emulator::store::{Opened, Store};

use super::{History, NotAppended, input, raw};

/// What the file `format` says.
const FORMAT: &str = "failover-controller 1\n";

/// The one key of the store.
const KEY: &str = "plane";

/// A store that this process alone has open.
pub struct Embedded {
    store: Store,
    history: Option<History>,
}

impl Embedded {
    /// Opens a folder, or makes it.
    ///
    /// # Errors
    ///
    /// In words: it is not one of this program, another process has it, or it cannot be read.
    pub fn open(folder: &Path) -> Result<Self, String> {
        let opened = Opened::at(folder, FORMAT, b"{}")?;
        let mut history = History::default();
        for kept in opened.histories()?.into_values() {
            history.inputs = kept
                .records
                .into_iter()
                .map(|(number, text)| input(number, &text))
                .collect::<Result<_, _>>()?;
            history.state = kept.state.map(|state| numbered(&state)).transpose()?;
        }
        Ok(Self { store: opened.store()?, history: Some(history) })
    }

    /// What was there when it was opened.
    pub(super) fn read(&mut self) -> Result<History, String> {
        self.history
            .take()
            .ok_or_else(|| "the journal was read already and cannot be written any more".into())
    }

    pub(super) async fn append(&self, number: u64, text: String) -> Result<(), NotAppended> {
        let durable = self.store.append(KEY, number, raw(text)?).durable().await;
        durable.map_err(|error| NotAppended::Failed(error.to_string()))
    }

    pub(super) fn keep(&self, number: u64, state: String) -> Result<(), NotAppended> {
        self.store.keep(KEY, number, raw(state)?);
        Ok(())
    }
}

/// The state says itself up to where it goes.
fn numbered(state: &[u8]) -> Result<(u64, Vec<u8>), String> {
    #[derive(serde::Deserialize)]
    struct Number {
        number: u64,
    }
    let Number { number } = serde_json::from_slice(state).map_err(|error| format!("the state: {error}"))?;
    Ok((number, state.to_owned()))
}
