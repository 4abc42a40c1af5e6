//! Why a resource was not created.

use crate::ids::WrongIds;

/// Why a resource, or a part of one, was not created. `R` is the refusal of its product.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotCreated<R> {
    /// The request is refused.
    #[error(transparent)]
    Refused(R),
    /// It does not have a new id for each part.
    #[error(transparent)]
    WrongIds(#[from] WrongIds),
}
