//! What reading a text costs: `cargo run --release -p consent --example words_bench`.

use std::error::Error;
use std::hint::black_box;
use std::io::{Write, stdout};
use std::time::Instant;

use consent::words::{Preceding, classify};

/// The fastest of many short batches: other programs on the machine only ever add time.
const BATCHES: u32 = 400;
const ROUNDS: u32 = 100;

const TEXTS: [(&str, &str); 5] = [
    ("STOP", "STOP"),
    (
        "ordinary, 160 characters",
        "Hi there, I'll stop by the office tomorrow around noon to pay the rent for unit 204 and to get a new gate \
         code, since the old one has not been working all week. Ok?",
    ),
    (
        "opt-out, 160 characters",
        "Hello, I moved out of the unit at the end of last month and I paid everything that I owed you, so would you \
         please be so kind as to stop texting me from now on.",
    ),
    (
        "misspelt, 160 characters",
        "plz stpo sendng me mesages i alredy told yuo peple tht i moovd owt of teh storge plase lst mnth adn i dnt \
         want enymore of tehse anoying txtss frm yoo okk thnkss",
    ),
    (
        "Spanish, 160 characters",
        "Buenas tardes, ya pagué la renta de este mes y además ya no tengo la bodega, así que por favor ya no me \
         manden más mensajes a este número de teléfono, gracias.",
    ),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = stdout().lock();
    let start = Instant::now();
    classify("", Preceding::Nothing);
    writeln!(
        out,
        "{:<28}{:>9} ns, once",
        "making the tables ready",
        start.elapsed().as_nanos()
    )?;
    for (name, text) in TEXTS {
        let batch = |_| {
            let start = Instant::now();
            for _ in 0..ROUNDS {
                black_box(classify(black_box(text), Preceding::Nothing));
            }
            start.elapsed() / ROUNDS
        };
        let fastest = (0..BATCHES).map(batch).min().unwrap_or_default();
        writeln!(out, "{name:<28}{:>9} ns", fastest.as_nanos())?;
    }
    Ok(())
}
