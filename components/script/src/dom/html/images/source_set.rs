//! <https://html.spec.whatwg.org/multipage/images.html#source-set>

/// [Selects an image source](https://html.spec.whatwg.org/multipage/images.html#selecting-an-image-source) of a `srcset` and
/// a `src`, for a screen of one device pixel to a CSS pixel: its URL, and its density.
///
/// Of sources that are said to be so wide, the first is taken: without layout nobody knows how wide is needed.
pub(super) fn select_an_image_source(srcset: &str, src: Option<&str>) -> Option<(String, f64)> {
    let mut candidates = parse_a_srcset_attribute(srcset);
    // `src` is one of density 1, if there is none yet.
    if let Some(src) = src.filter(|src| !src.is_empty())
        && !candidates.iter().any(|(_, density)| *density == 1.0)
    {
        candidates.push((src.to_owned(), 1.0));
    }
    let enough = candidates.iter().filter(|(_, density)| *density >= 1.0);
    let best = enough.min_by(|(_, one), (_, other)| one.total_cmp(other));
    let densest = || candidates.iter().max_by(|(_, one), (_, other)| one.total_cmp(other));
    best.or_else(densest).cloned()
}

/// <https://html.spec.whatwg.org/multipage/images.html#parse-a-srcset-attribute>
fn parse_a_srcset_attribute(input: &str) -> Vec<(String, f64)> {
    let is_space = |char: char| char.is_ascii_whitespace();
    let (mut rest, mut candidates) = (input, Vec::new());
    loop {
        // 4. To the next one.
        rest = rest.trim_start_matches(|char| is_space(char) || char == ',');
        // 5. There is none.
        if rest.is_empty() {
            return candidates;
        }
        // 6. The URL.
        let (url, after) = rest.split_at(rest.find(is_space).unwrap_or(rest.len()));
        let bare = url.trim_end_matches(',');
        // 8. What is said of it: up to a comma that is in no parentheses; none behind a URL that ends with one.
        let descriptors = if bare.len() < url.len() {
            rest = after;
            ""
        } else {
            let mut depth = 0u32;
            let end = after.find(|char| {
                match char {
                    '(' => depth += 1,
                    ')' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                char == ',' && depth == 0
            });
            let (descriptors, after) = after.split_at(end.unwrap_or(after.len()));
            rest = after;
            descriptors
        };
        // 9–15. Its density; one of which something else is said isn't one.
        let mut descriptors = descriptors.split_ascii_whitespace();
        let density = match (descriptors.next(), descriptors.next()) {
            (None, _) => Some(1.0),
            (Some(descriptor), None) => density_of(descriptor),
            _ => None,
        };
        candidates.extend(density.map(|density| (bare.to_owned(), density)));
    }
}

fn density_of(descriptor: &str) -> Option<f64> {
    if let Some(density) = descriptor.strip_suffix('x') {
        return density.parse().ok().filter(|density: &f64| density.is_finite() && *density >= 0.0);
    }
    let width: u32 = descriptor.strip_suffix('w')?.parse().ok()?;
    (width > 0).then_some(1.0)
}

#[cfg(test)]
mod tests {
    use super::{parse_a_srcset_attribute, select_an_image_source};

    #[test]
    fn a_srcset_is_a_list_of_urls_with_densities() {
        let parsed = |srcset: &str| {
            let candidates = parse_a_srcset_attribute(srcset);
            candidates.iter().map(|(url, density)| format!("{url} {density}")).collect::<Vec<_>>()
        };
        assert_eq!(parsed(" a.png, b.png 2x ,c.png 1.5x,"), ["a.png 1", "b.png 2", "c.png 1.5"]);
        assert_eq!(parsed("data:,a 3x, a,b, c 100w"), ["data:,a 3", "a,b 1", "c 1"]);
        assert_eq!(parsed("a 1x 2x, b -1x, c f(x, y), d 0w, e"), ["e 1"]);
        assert!(parsed(" , ").is_empty());
    }

    #[test]
    fn the_least_of_those_that_are_enough_is_selected() {
        let selected = |srcset: &str, src| select_an_image_source(srcset, src).map(|(url, _)| url);
        assert_eq!(selected("a 0.5x, b 2x, c 3x", None).as_deref(), Some("b"));
        assert_eq!(selected("b 2x", Some("a")).as_deref(), Some("a"));
        assert_eq!(selected("b 1x", Some("a")).as_deref(), Some("b"));
        assert_eq!(selected("a 0.25x, b 0.5x", None).as_deref(), Some("b"));
        assert_eq!(selected("", Some("")), None);
    }
}
