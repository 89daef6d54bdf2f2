//! What stands above the panels and changes: the state line and the buttons' labels.

mod labels;
mod state_line;

pub use labels::{PauseButton, RefreshLabel, TimeLabel};
pub use state_line::StateLine;
