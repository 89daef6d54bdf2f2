//! What stands above the panels and changes: the state line and the buttons' labels.

mod labels;
mod state_line;
mod wall_clock;

pub use labels::{PauseButton, RefreshLabel, TimeLabel};
pub use state_line::StateLine;
pub use wall_clock::WallClock;
