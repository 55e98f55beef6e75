//! What the pre hook says about itself on stderr.

use crate::settings::Settings;

/// The endpoint and its mode, the licence, and what is wrong with the configuration.
#[must_use]
pub fn announcement(settings: &Settings) -> Vec<String> {
    let endpoint = &settings.endpoint;
    let mut lines = vec![format!(
        "[AxonFlow] Connected to AxonFlow at {} (mode={})",
        endpoint.shown(),
        endpoint.mode.name()
    )];
    if settings.license.is_some() {
        lines.push("[AxonFlow] Pro tier active (X-License-Token configured)".to_owned());
    }
    let warnings = settings.warnings.iter();
    lines.extend(warnings.map(|warning| format!("[AxonFlow] WARNING: {warning}")));
    lines
}
