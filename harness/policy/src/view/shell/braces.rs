//! `{a,b}`, `{1..3}`, and classes of one character.

/// Fields that braces of one word may make.
const FIELDS: usize = 256;

/// Characters of a word whose braces are looked at: longer ones are data.
const LONGEST: usize = 1 << 10;

/// Where a character of a word comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Stands for itself.
    Quoted,
    /// Braces work on it.
    Bare,
    /// Came out of an expansion: blanks split it.
    Expanded,
}

/// A word's characters.
pub(super) type Marked = Vec<(char, Kind)>;

/// `[x]` as the `x` that it finds.
pub(super) fn single_classes(word: Marked) -> Marked {
    let bare = |one: Option<&(char, Kind)>, c: char| one == Some(&(c, Kind::Bare));
    let mut plain = Marked::with_capacity(word.len());
    let mut at = 0;
    while let Some(one) = word.get(at) {
        if bare(Some(one), '[') && bare(word.get(at + 2), ']') {
            plain.push(word[at + 1]);
            at += 3;
        } else {
            plain.push(*one);
            at += 1;
        }
    }
    plain
}

/// The words that the first `{a,b}` or `{1..3}` outside of quotes makes, and those of the others.
pub(super) fn braces(word: Marked) -> Vec<Marked> {
    let mut done = Vec::new();
    let mut open = vec![word];
    while let Some(word) = open.pop() {
        match first_brace(&word) {
            Some((start, end, items)) if done.len() + open.len() + items.len() <= FIELDS => {
                // Last first, since the last one pushed is looked at next.
                for item in items.into_iter().rev() {
                    let mut made = word[..start].to_vec();
                    made.extend(item);
                    made.extend_from_slice(&word[end + 1..]);
                    open.push(made);
                }
            }
            _ => done.push(word),
        }
    }
    done
}

fn first_brace(word: &Marked) -> Option<(usize, usize, Vec<Marked>)> {
    if word.len() > LONGEST {
        return None;
    }
    let bare = |at: usize, c: char| word[at] == (c, Kind::Bare);
    let mut from = 0;
    // Each opening brace is tried once; more than a few that do not close are noise.
    for _ in 0..16 {
        let start = (from..word.len()).find(|at| bare(*at, '{'))?;
        let (mut depth, mut commas, mut end) = (0, Vec::new(), None);
        for at in start..word.len() {
            if bare(at, '{') {
                depth += 1;
            } else if bare(at, '}') {
                depth -= 1;
                if depth == 0 {
                    end = Some(at);
                    break;
                }
            } else if depth == 1 && bare(at, ',') {
                commas.push(at);
            }
        }
        if let Some(end) = end {
            if !commas.is_empty() {
                let mut items = Vec::new();
                let mut begin = start + 1;
                for comma in commas.into_iter().chain([end]) {
                    items.push(word[begin..comma].to_vec());
                    begin = comma + 1;
                }
                return Some((start, end, items));
            }
            if let Some(items) = sequence(&word[start + 1..end]) {
                return Some((start, end, items));
            }
        }
        from = start + 1;
    }
    None
}

fn sequence(inner: &[(char, Kind)]) -> Option<Vec<Marked>> {
    let text: String = inner.iter().map(|(c, _)| *c).collect();
    let (first, last) = text.split_once("..")?;
    let mark = |text: String| text.chars().map(|c| (c, Kind::Bare)).collect::<Marked>();
    if let (Ok(first), Ok(last)) = (first.parse::<u32>(), last.parse::<u32>()) {
        let many = first.abs_diff(last) as usize;
        return (many < FIELDS).then(|| {
            (first.min(last)..=first.max(last))
                .map(|n| mark(n.to_string()))
                .collect()
        });
    }
    let (mut first, mut last) = (first.chars(), last.chars());
    match (first.next(), first.next(), last.next(), last.next()) {
        (Some(first), None, Some(last), None) if first <= last => Some(
            (first..=last)
                .take(FIELDS)
                .map(|c| mark(c.to_string()))
                .collect(),
        ),
        _ => None,
    }
}
