//! Where in the frame the networks' maps differ.

use std::fmt::Write;

use super::Finding;

/// Mean difference of the maps by region of the first `suspicious` images, less the mean of the others. A mark that
/// always lies in one place shows there; objects, which lie anywhere, average out.
pub fn heat(ranked: &[Finding], suspicious: usize) -> Vec<f32> {
    let regions = ranked.first().map_or(0, |found| found.difference.len());
    let mean = |of: &[Finding], region: usize| {
        of.iter().map(|found| found.difference[region]).sum::<f32>() / of.len().max(1) as f32
    };
    let (low, rest) = ranked.split_at(suspicious.min(ranked.len()));
    (0..regions).map(|region| mean(low, region) - mean(rest, region)).collect()
}

/// A square of cells, darker where the difference is larger, with its numbers as tooltips.
pub fn svg(heat: &[f32]) -> String {
    let side = (heat.len() as f64).sqrt().round() as usize;
    let most = heat.iter().copied().fold(0.05, f32::max);
    let mut svg = format!(
        "<svg role=\"img\" aria-label=\"Where the maps of the least agreeing tenth differ more than those of the \
         others; audit.json has the numbers\" viewBox=\"0 0 {0} {0}\" width=\"280\">",
        side * 40
    );
    for (i, value) in heat.iter().enumerate() {
        let (x, y) = (i % side * 40, i / side * 40);
        let opacity = (value / most).clamp(0.0, 1.0);
        let _ = write!(
            svg,
            "<rect class=\"cell\" x=\"{x}\" y=\"{y}\" width=\"40\" height=\"40\"/><rect class=\"lead\" x=\"{x}\" \
             y=\"{y}\" width=\"40\" height=\"40\" opacity=\"{opacity:.2}\"><title>row {}, column {}: {value:+.2}\
             </title></rect>",
            i / side + 1,
            i % side + 1
        );
    }
    svg + "</svg>"
}

/// Rows of digits, 0 to 9 of the largest difference, for a terminal.
pub fn text(heat: &[f32]) -> String {
    let side = (heat.len() as f64).sqrt().round() as usize;
    let most = heat.iter().copied().fold(0.05, f32::max);
    let digit = |value: &f32| match (value / most * 9.0).round() as i32 {
        ..=0 => " .".to_owned(),
        digit => format!(" {digit}"),
    };
    heat.chunks(side.max(1)).map(|row| format!("  {}\n", row.iter().map(digit).collect::<String>())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_the_first_images_share_stands_out() {
        let found = |difference: [f32; 4]| Finding {
            image: String::new(),
            answers: Vec::new(),
            classes: Vec::new(),
            probabilities: Vec::new(),
            same: true,
            statistics: Default::default(),
            brightest: Vec::new(),
            difference: difference.into(),
        };
        let ranked = [
            found([0.0, 0.0, 0.5, 0.75]),
            found([0.25, 0.0, 0.0, 0.75]),
            found([0.5, 0.25, 0.0, 0.25]),
            found([0.0, 0.25, 0.5, 0.25]),
        ];
        assert_eq!(heat(&ranked, 2), [-0.125, -0.25, 0.0, 0.5]);
        assert_eq!(text(&heat(&ranked, 2)), "   . .\n   . 9\n");
        assert!(heat(&[], 0).is_empty() && text(&[]).is_empty());
    }
}
