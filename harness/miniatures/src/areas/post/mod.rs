//! Defects in what happens after a call.
//!
//! - `record`: what is recorded.
//! - `scan`: what is scanned.
//! - `guidance`: what is said after a scan.

mod guidance;
mod record;
mod scan;

use crate::Miniature;

pub(super) const MINIATURES: [&[Miniature]; 3] =
    [record::MINIATURES, scan::MINIATURES, guidance::MINIATURES];
