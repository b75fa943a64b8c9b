//! consent

pub mod words;
