//! Trains the weights of the second reader: `cargo run --release -p consent --example words_train [-- --check]`.
//!
//! It reads the rows of `tests/corpus/` that are not kept apart, and writes `shared/consent/src/words/second.weights`. The same rows
//! give the same bytes: the order is drawn with a fixed seed, and nothing but additions, multiplications and divisions is used,
//! which every machine rounds alike. With `--check` it writes nothing: for each hand that wrote rows of `written.csv` it trains on
//! all the others, scores that hand's rows, and prints what a bar catches and what it fires on.

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
    meant: Meant,
    /// Talk that has nothing to do with storage.
    chat: bool,
    /// Who wrote it; empty where one person wrote the whole file.
    hand: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Meant {
    Request,
    Doubt,
    Nothing,
}

/// What a model tells apart.
#[derive(Clone, Copy)]
enum Model {
    /// Requests and doubts from all else.
    Doubt,
    /// Requests from all else.
    Request,
}

impl Row {
    /// 1 where the model should fire.
    fn label(&self, model: Model) -> f64 {
        let fires = match model {
            Model::Doubt => self.meant != Meant::Nothing,
            Model::Request => self.meant == Meant::Request,
        };
        f64::from(u8::from(fires))
    }

    /// Rows by many hands are nearer to what tenants write than those of one, chats are many where our rows of them are few, and
    /// between a request and a doubt the line is thin.
    fn weight(&self, model: Model) -> f64 {
        let hand = match (self.chat, self.hand.is_empty()) {
            (true, _) => 2.0,
            (false, false) => 1.5,
            (false, true) => 1.0,
        };
        match (model, self.meant) {
            (Model::Request, Meant::Doubt) => hand * 0.4,
            _ => hand,
        }
    }
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
fn train(rows: &[&Row], model: Model) -> Vec<f64> {
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
            let error = row.weight(model) * (row.label(model) - sigmoid(total(&weights, row)));
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
        let mut reader = csv::Reader::from_path(corpus.join(file))?;
        let hand = reader.headers()?.iter().position(|column| column == "hand");
        for record in reader.records() {
            let record = record?;
            let field = |at: usize| record.get(at).unwrap_or_default();
            rows.push(Row {
                features: model_features(field(0)),
                meant: match field(1) {
                    "opt_out" => Meant::Request,
                    "opt_out_conservative" | "wrong_party" => Meant::Doubt,
                    _ => Meant::Nothing,
                },
                chat: ["chat", "ordinary_chat"]
                    .iter()
                    .any(|kind| field(2).starts_with(kind)),
                hand: hand.map(field).unwrap_or_default().to_owned(),
            });
        }
    }
    Ok(rows)
}

/// How many per cent of the rows of a meaning score above a bar.
fn share(scored: &[(f64, Meant)], bar: f64, meant: Meant) -> f64 {
    let of: Vec<_> = scored.iter().filter(|(_, each)| *each == meant).collect();
    let above = of.iter().filter(|(score, _)| *score >= bar).count();
    let count = |rows: usize| f64::from(u32::try_from(rows).unwrap_or(u32::MAX));
    100.0 * count(above) / count(of.len().max(1))
}

fn check(rows: &[Row]) -> Result<(), Box<dyn Error>> {
    let mut hands: Vec<&str> = rows.iter().map(|row| row.hand.as_str()).collect();
    hands.sort_unstable();
    hands.dedup();
    let mut out = stdout().lock();
    for (name, model) in [("doubt", Model::Doubt), ("request", Model::Request)] {
        let mut scored: Vec<(f64, Meant)> = Vec::new();
        for hand in hands.iter().filter(|hand| !hand.is_empty()) {
            let (own, others): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.hand == *hand);
            let weights = train(&others, model);
            scored.extend(own.iter().map(|row| (total(&weights, row), row.meant)));
        }
        for step in -6_i32..=6 {
            let bar = f64::from(step) / 2.0;
            let of = |meant| share(&scored, bar, meant);
            writeln!(
                out,
                "{name} {bar:>5}: requests {:.1} %, doubts {:.1} %, ordinary {:.1} %",
                of(Meant::Request),
                of(Meant::Doubt),
                of(Meant::Nothing)
            )?;
        }
    }
    Ok(())
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to what a byte holds")]
fn byte(weight: f64) -> u8 {
    ((weight * UNIT).round().clamp(-127.0, 127.0) as i8).cast_unsigned()
}

fn main() -> Result<(), Box<dyn Error>> {
    let rows = rows()?;
    if std::env::args().nth(1).as_deref() == Some("--check") {
        return check(&rows);
    }
    let all: Vec<&Row> = rows.iter().collect();
    let models = [Model::Doubt, Model::Request].map(|model| train(&all, model));
    let bytes: Vec<u8> = models.iter().flatten().map(|weight| byte(*weight)).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/words/second.weights");
    std::fs::write(&path, &bytes)?;
    let used = bytes.iter().filter(|byte| **byte != 0).count();
    writeln!(
        stdout().lock(),
        "{} rows, {used} weights in {}",
        rows.len(),
        path.display()
    )?;
    Ok(())
}
