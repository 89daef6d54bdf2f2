//! What was strange about a page that was stored -> a sentence for the targets' page.

use exposition::Violations;
use tsdb::AppendOutcome;

/// What the store did not take, in one sentence.
pub fn warning(outcome: &AppendOutcome) -> Option<String> {
    let offence = outcome.first_offence?;
    Some(format!(
        "{} samples of the page were not stored, the first because of: {}",
        outcome.rejected(),
        offence.reason
    ))
}

/// What the exporter should mend though its page is read, in one sentence.
pub fn bent(violations: &Violations) -> Option<String> {
    let first = violations.first.as_ref()?;
    Some(format!(
        "{} places of the page break the rules of its format, all of it is read; the first: {first}",
        violations.count
    ))
}
