//! Writes `infra/openapi.yaml` as JSON, for the function to serve.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

const DOCUMENT: &str = "../../infra/openapi.yaml";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={DOCUMENT}");
    let document: serde_json::Value = serde_yaml_ng::from_str(&fs::read_to_string(DOCUMENT)?)?;
    let file = Path::new(&env::var("OUT_DIR")?).join("openapi.json");
    fs::write(file, document.to_string())?;
    Ok(())
}
