//! Names a few typing errors away.

use rustc_hash::FxHashMap;

/// Which names share groups of three letters with a text, to compare only those.
#[derive(Debug, Default)]
pub(super) struct Trigrams {
    /// Names that hold each trigram, each name once.
    postings: FxHashMap<[u8; 3], Vec<u32>>,
    names: usize,
}

/// Trigrams of a text with a space before it, so that its first letters count.
fn trigrams(text: &str) -> Vec<[u8; 3]> {
    let padded: Vec<u8> = std::iter::once(b' ').chain(text.bytes()).collect();
    let mut grams: Vec<[u8; 3]> = padded.windows(3).map(|w| [w[0], w[1], w[2]]).collect();
    grams.sort_unstable();
    grams.dedup();
    grams
}

impl Trigrams {
    /// Indexes normalised names, by their rank.
    pub(super) fn new<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut index = Self::default();
        for (rank, name) in (0_u32..).zip(names) {
            for gram in trigrams(name) {
                index.postings.entry(gram).or_default().push(rank);
            }
            index.names += 1;
        }
        for ranks in index.postings.values_mut() {
            ranks.shrink_to_fit();
        }
        index
    }

    /// Names that share most trigrams with a text, at most `limit`, those that `errors` errors cannot have produced left
    /// out: an error changes three trigrams at most.
    pub(super) fn likeliest(&self, text: &str, errors: u8, limit: usize) -> Vec<u32> {
        let grams = trigrams(text);
        let least = grams.len().saturating_sub(3 * usize::from(errors)).max(1);
        let mut shared = vec![0_u8; self.names];
        for gram in &grams {
            for &name in self.postings.get(gram).map_or(&[][..], Vec::as_slice) {
                shared[name as usize] = shared[name as usize].saturating_add(1);
            }
        }
        let mut likely: Vec<u32> =
            (0..self.names as u32).filter(|name| usize::from(shared[*name as usize]) >= least).collect();
        likely.sort_by_key(|name| std::cmp::Reverse(shared[*name as usize]));
        likely.truncate(limit);
        likely
    }
}

/// Typing errors between a query and a text: to the whole text, and to the best beginning of it. An error is a letter
/// missing, added, changed, or two neighbours exchanged (optimal string alignment). Above `most` the counts only say *more*.
pub(super) fn distances(query: &[u8], text: &[u8], most: u8) -> (u8, u8) {
    // Beyond this nothing of the text can be worth reaching.
    let text = &text[..text.len().min(query.len() + usize::from(most) + 1)];
    let width = text.len() + 1;
    let mut before = vec![u8::MAX - 1; width];
    let mut above: Vec<u8> = (0..width as u8).collect();
    let mut row = vec![0_u8; width];
    for (i, &q) in query.iter().enumerate() {
        row[0] = i as u8 + 1;
        let mut best = row[0];
        for (j, &t) in text.iter().enumerate() {
            let mut cost = (above[j] + u8::from(q != t)).min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && q == text[j - 1] && query[i - 1] == t {
                cost = cost.min(before[j - 1] + 1);
            }
            row[j + 1] = cost;
            best = best.min(cost);
        }
        if best > most {
            return (u8::MAX, u8::MAX);
        }
        std::mem::swap(&mut before, &mut above);
        std::mem::swap(&mut above, &mut row);
    }
    let whole = above[width - 1];
    let beginning = above.iter().copied().min().unwrap_or(u8::MAX);
    (whole, beginning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_each_kind_of_error_once() {
        for (query, text, whole, beginning) in [
            ("perpigan", "perpignan", 1, 1),
            ("perpignnan", "perpignan", 1, 1),
            ("perpygnan", "perpignan", 1, 1),
            ("prepignan", "perpignan", 1, 1),
            ("perpi", "perpignan", 4, 0),
            ("perpu", "perpignan", 5, 1),
            ("lille", "lille", 0, 0),
        ] {
            let (w, b) = distances(query.as_bytes(), text.as_bytes(), 9);
            assert_eq!((w, b), (whole, beginning), "{query} {text}");
        }
        assert_eq!(distances(b"abcdef", b"uvwxyz", 2), (u8::MAX, u8::MAX));
        assert_eq!(distances(b"abc", b"", 3), (3, 3));
    }

    #[test]
    fn the_likeliest_names_come_first() {
        let names = ["perpignan", "perpezac", "lille", "carpentras"];
        let index = Trigrams::new(names.into_iter());
        assert_eq!(index.likeliest("perpigan", 2, 10)[0], 0);
        assert!(!index.likeliest("perpigan", 2, 10).contains(&2));
        assert!(index.likeliest("zzzz", 1, 10).is_empty());
    }
}
