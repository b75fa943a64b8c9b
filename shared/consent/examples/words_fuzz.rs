//! Throws mutated texts at the classifier and checks that it neither panics nor slows down:
//! `cargo run --release -p consent --example words_fuzz [inputs] [seed]` (ten million by default).

use std::error::Error;
use std::fmt::Write as _;
use std::io::{Write, stdout};
use std::path::Path;
use std::time::{Duration, Instant};

use consent::words::{Preceding, classify};

/// What is spliced in: marks, letters and words that steer the reader.
const NOISE: [&str; 28] = [
    "\u{200b}",
    "\u{202e}",
    "\u{301}",
    "’",
    "“",
    "”",
    "\"",
    ">",
    "\n",
    "\r\n",
    "*",
    "#",
    "$",
    "-",
    "—",
    "🛑",
    "🙅🏽‍♀️",
    "ﬁ",
    "ß",
    "İ",
    "т",
    "\0",
    "stop",
    "On 1 wrote:",
    "Liked “",
    "s t o p ",
    "don't ",
    "the the the ",
];

/// Marsaglia's xorshift: any seed repeats the same inputs.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit.max(1)).unwrap_or(1)).unwrap_or_default()
    }

    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from.get(self.below(from.len())).copied().unwrap_or_default()
    }

    /// A place between two characters.
    fn place(&mut self, text: &str) -> usize {
        let at = self.below(text.len() + 1);
        (0..=at)
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or_default()
    }

    fn mutate(&mut self, text: &mut String, seeds: &[&str]) {
        let at = self.place(text);
        match self.below(6) {
            0 => text.insert_str(at, self.pick(&NOISE)),
            1 => text.truncate(at),
            2 => text.insert_str(at, self.pick(seeds)),
            3 => drop(text.drain(..at)),
            4 => {
                let drawn = u32::try_from(self.below(0x11_0000)).unwrap_or_default();
                text.insert(at, char::from_u32(drawn).unwrap_or('\u{fffd}'));
            }
            _ => {
                let to = self.place(text);
                let copy = text.get(at.min(to)..at.max(to)).unwrap_or_default().to_owned();
                text.insert_str(at, &copy);
            }
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let inputs: u64 = arguments.next().map_or(Ok(10_000_000), |inputs| inputs.parse())?;
    let seed: u64 = arguments.next().map_or(Ok(1), |seed| seed.parse())?;
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus");
    let files = [
        std::fs::read_to_string(corpus.join("replies.csv"))?,
        std::fs::read_to_string(corpus.join("authored.csv"))?,
    ];
    let seeds: Vec<&str> = files.iter().flat_map(|file| file.lines()).collect();

    let mut random = Random(seed.max(1));
    let (mut bytes, mut slowest) = (0_u64, (Duration::ZERO, String::new()));
    let start = Instant::now();
    for _ in 0..inputs {
        let mut text = random.pick(&seeds).to_owned();
        for _ in 0..=random.below(8) {
            random.mutate(&mut text, &seeds);
        }
        bytes += u64::try_from(text.len())?;
        let began = Instant::now();
        let reading = classify(&text, Preceding::Nothing);
        let took = began.elapsed();
        if took > slowest.0 {
            slowest = (took, text.clone());
        }
        assert!(
            reading.matched.is_none_or(|matched| text.contains(matched)),
            "{text:?}"
        );
    }
    let mut out = stdout().lock();
    writeln!(
        out,
        "{inputs} inputs, {bytes} bytes in {:?}; the slowest took {:?}: {:?}",
        start.elapsed(),
        slowest.0,
        slowest.1
    )?;

    // Linear: twice the text takes twice the time, up to the length that is read.
    for unit in [
        "stop ",
        "the ",
        "please ",
        "don't ",
        "no more the ",
        "s t o p ",
        "“a b”",
        "a",
        "🛑",
        "stp ",
        "i want to not ",
    ] {
        let mut line = format!("{unit:<16}");
        for length in [500, 1_000, 2_000, 4_000] {
            let text: String = unit.chars().cycle().take(length).collect();
            let began = Instant::now();
            for _ in 0..100 {
                classify(&text, Preceding::Nothing);
            }
            let each = began.elapsed() / 100;
            write!(line, "{length:>6}: {each:<12?}")?;
            assert!(
                each < Duration::from_millis(20),
                "{unit:?} times {length} took {each:?}"
            );
        }
        writeln!(out, "{line}")?;
    }
    Ok(())
}
