//! Checks evidence packs.

fn main() {}
