//! Trains the weights of the second reader: `cargo run --release -p consent --example words_train [-- --check FOLDS]`.
//!
//! It reads the rows of `tests/corpus/` that are not kept apart, and writes `shared/consent/src/words/second.weights`. The same rows
//! give the same bytes: the order is drawn with a fixed seed, and nothing but additions, multiplications and divisions is used,
//! which every machine rounds alike. With `--check` it writes nothing, trains on all but a part, scores that part, and so on for
//! each part, and prints what a bar catches and what it fires on.

use std::error::Error;
use std::io::{Write, stdout};
use std::path::Path;

use consent::words::{BUCKETS, model_features};

const FILES: [&str; 3] = ["authored.csv", "written.csv", "replies.csv"];
const ROUNDS: usize = 60;
const RATE: f64 = 3.0;
const DECAY: f64 = 1e-5;
const RARE: u32 = 3;
/// What a weight of 1.0 is in the file.
const UNIT: f64 = 24.0;

struct Row {
    features: Vec<u16>,
    /// 1 where the texts should stop or be held.
    label: f64,
    weight: f64,
}

/// Marsaglia's xorshift: the same numbers on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit.max(1)).unwrap_or(1)).unwrap_or_default()
    }
}

/// The natural exponential of a number that is not above zero, by multiplications alone.
fn exponential(x: f64) -> f64 {
    let mut power = (1.0 + x / 1_024.0).max(0.0);
    for _ in 0..10 {
        power *= power;
    }
    power
}

fn sigmoid(x: f64) -> f64 {
    let small = exponential(-x.abs());
    if x >= 0.0 {
        1.0 / (1.0 + small)
    } else {
        small / (1.0 + small)
    }
}

fn scale(row: &Row) -> f64 {
    let count = u32::try_from(row.features.len().max(1)).unwrap_or(u32::MAX);
    1.0 / f64::from(count).sqrt()
}

fn total(weights: &[f64], row: &Row) -> f64 {
    let sum: f64 = row
        .features
        .iter()
        .filter_map(|bucket| weights.get(usize::from(*bucket)))
        .sum();
    sum * scale(row)
}

/// Stochastic gradient descent on the logistic loss. What fewer than [`RARE`] rows have gets no weight.
fn train(rows: &[&Row]) -> Vec<f64> {
    let mut seen = vec![(0_u32, usize::MAX); BUCKETS];
    for (at, row) in rows.iter().enumerate() {
        for bucket in &row.features {
            if let Some((count, last)) = seen.get_mut(usize::from(*bucket)).filter(|(_, last)| *last != at) {
                (*count, *last) = (*count + 1, at);
            }
        }
    }
    let mut weights = vec![0.0; BUCKETS];
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut random = Random(20_261_127);
    let mut step = 0.0;
    for _ in 0..ROUNDS {
        for at in (1..order.len()).rev() {
            order.swap(at, random.below(at + 1));
        }
        for row in order.iter().filter_map(|at| rows.get(*at)) {
            let rate = RATE / (1.0 + 4e-5 * step);
            step += 1.0;
            let error = row.weight * (row.label - sigmoid(total(&weights, row)));
            let push = rate * error * scale(row);
            for bucket in &row.features {
                let known = seen
                    .get(usize::from(*bucket))
                    .is_some_and(|(count, _)| *count >= RARE);
                if let Some(weight) = weights.get_mut(usize::from(*bucket)).filter(|_| known) {
                    *weight += push - rate * DECAY * *weight;
                }
            }
        }
    }
    for (weight, (count, _)) in weights.iter_mut().zip(&seen) {
        if *count < RARE {
            *weight = 0.0;
        }
    }
    weights
}

fn rows() -> Result<Vec<Row>, Box<dyn Error>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus");
    let mut rows = Vec::new();
    for file in FILES {
        for record in csv::Reader::from_path(corpus.join(file))?.records() {
            let record = record?;
            let expected = record.get(1).unwrap_or_default();
            let label = match expected {
                "opt_out" | "opt_out_conservative" | "wrong_party" => 1.0,
                _ => 0.0,
            };
            let features = model_features(record.get(0).unwrap_or_default());
            // Rows by many hands are nearer to what tenants write than those of one.
            let weight = if file == "written.csv" { 1.5 } else { 1.0 };
            rows.push(Row {
                features,
                label,
                weight,
            });
        }
    }
    Ok(rows)
}

fn check(rows: &[Row], folds: usize) -> Result<(), Box<dyn Error>> {
    let mut scored: Vec<(f64, f64)> = Vec::new();
    for fold in 0..folds {
        let part = |at: usize| at % folds == fold;
        let rest: Vec<&Row> = rows
            .iter()
            .enumerate()
            .filter(|(at, _)| !part(*at))
            .map(|(_, row)| row)
            .collect();
        let weights = train(&rest);
        scored.extend(
            rows.iter()
                .enumerate()
                .filter(|(at, _)| part(*at))
                .map(|(_, row)| (total(&weights, row), row.label)),
        );
    }
    let mut out = stdout().lock();
    for bar in [
        -4.0, -3.0, -2.5, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0,
    ] {
        let share = |label: f64| {
            let of: Vec<_> = scored
                .iter()
                .filter(|(_, each)| (each - label).abs() < 0.5)
                .collect();
            let above = of.iter().filter(|(score, _)| *score >= bar).count();
            100.0 * f64::from(u32::try_from(above).unwrap_or_default())
                / f64::from(u32::try_from(of.len().max(1)).unwrap_or(1))
        };
        writeln!(
            out,
            "bar {bar:>5}: caught {:.1} %, ordinary {:.1} %",
            share(1.0),
            share(0.0)
        )?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let rows = rows()?;
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some("--check") {
        return check(&rows, arguments.next().map_or(Ok(5), |folds| folds.parse())?);
    }
    let all: Vec<&Row> = rows.iter().collect();
    let weights = train(&all);
    #[expect(clippy::cast_possible_truncation, reason = "clamped to what a byte holds")]
    let bytes: Vec<u8> = weights
        .iter()
        .map(|weight| ((weight * UNIT).round().clamp(-127.0, 127.0) as i8).cast_unsigned())
        .collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/words/second.weights");
    std::fs::write(&path, &bytes)?;
    let used = bytes.iter().filter(|byte| **byte != 0).count();
    let largest = bytes
        .iter()
        .map(|byte| byte.cast_signed().unsigned_abs())
        .max()
        .unwrap_or_default();
    writeln!(
        stdout().lock(),
        "{} rows, {used} weights, the largest {largest}",
        rows.len()
    )?;
    Ok(())
}
