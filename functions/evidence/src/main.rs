//! The Lambda function `evidence`.

fn main() {}
