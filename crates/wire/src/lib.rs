//! The contract between server and browser, and every URL.
