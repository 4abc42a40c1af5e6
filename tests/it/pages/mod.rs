//! Pages under `docs/` that are made from the rows that the model runs on.

mod catalogue;
mod rules;
