//! The view: shell, routes, pages, panels, charts, pickers.
