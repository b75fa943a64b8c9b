//! Sets of small numbers: of words, and of sets of words.

/// A set of word ids, or of the numbers of such sets.
#[derive(Default)]
pub(super) struct Set {
    bits: Vec<u64>,
    /// Holds words that the vocabulary does not know: those must not be taken from an ordinary sense.
    pub(super) open: bool,
}

impl Set {
    pub(super) fn insert(&mut self, id: u16) {
        let (block, bit) = (usize::from(id) / 64, id % 64);
        if self.bits.len() <= block {
            self.bits.resize(block + 1, 0);
        }
        if let Some(bits) = self.bits.get_mut(block) {
            *bits |= 1 << bit;
        }
    }

    pub(super) fn contains(&self, id: u16) -> bool {
        self.bits
            .get(usize::from(id) / 64)
            .is_some_and(|bits| bits >> (id % 64) & 1 == 1)
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = u16> {
        (0..).step_by(64).zip(&self.bits).flat_map(|(base, block)| {
            let mut left = *block;
            std::iter::from_fn(move || {
                let bit = u16::try_from(left.trailing_zeros())
                    .ok()
                    .filter(|bit| *bit < 64)?;
                left &= left - 1;
                Some(base + bit)
            })
        })
    }

    pub(super) fn add_all(&mut self, other: &Self) {
        if self.bits.len() < other.bits.len() {
            self.bits.resize(other.bits.len(), 0);
        }
        for (mine, others) in self.bits.iter_mut().zip(&other.bits) {
            *mine |= others;
        }
    }

    pub(super) fn len(&self) -> u32 {
        self.bits.iter().map(|block| block.count_ones()).sum()
    }
}
