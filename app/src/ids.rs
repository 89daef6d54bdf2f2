//! The ids that markup and scripts agree on.

/// The page's snapshot as JSON.
pub const DATA: &str = "andon-data";
/// The menu of all boards.
pub const BOARDS_MENU: &str = "boards-menu";
/// The menu of ranges.
pub const TIME_MENU: &str = "time-menu";
/// The menu of refresh steps.
pub const REFRESH_MENU: &str = "refresh-menu";
/// What can be done with a panel.
pub const PANEL_MENU: &str = "panel-menu";
/// The link to a panel's values, in the panel's menu.
pub const VALUES: &str = "values";
/// The sheet of keys.
pub const HELP: &str = "help";
/// Where boards and panels are looked for.
pub const PALETTE: &str = "palette";
/// What is said to a screen reader when the cursor moves by keys.
pub const ANNOUNCER: &str = "announcer";
