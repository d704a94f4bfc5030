//! What must hold for any maps, boxes and images: drawn values, shrunk to the smallest that fails.
#![allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]

use burn::tensor::{Device, Int, Tensor, TensorData};
use peerlight_core::{
    Crop, Grid, Orientation, Preprocess, Rect, Rgba8, agreement, argmax, blend, covered, inside, largest, log_odds,
    minmax, pearson, resize_map, rng::permutation, softmax, top_half,
};
use proptest::{collection::vec, prelude::*};

/// Fewer than the usual 256, since many of these run on a device.
const CASES: u32 = 128;

fn tensor<const D: usize>(values: &[f32], shape: [usize; D]) -> Tensor<D> {
    Tensor::from_data(TensorData::new(values.to_vec(), shape), &Device::flex())
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_to_vec().unwrap()
}

/// Correlation of two regions, and whether it is none.
fn correlation(a: &[f32], b: &[f32]) -> (f32, bool) {
    let found = pearson(tensor(a, [1, 1, a.len()]), tensor(b, [1, 1, b.len()]));
    (values(found.rho)[0], values(found.constant)[0] == 1.0)
}

/// Values in 0..=1, of few levels, so that there are ties.
fn level() -> impl Strategy<Value = f32> {
    (0..=16u8).prop_map(|level| f32::from(level) / 16.0)
}

/// Two columns of one length.
fn columns() -> impl Strategy<Value = (Vec<f32>, Vec<f32>)> {
    (2..40usize).prop_flat_map(|n| (vec(level(), n), vec(level(), n)))
}

/// A map with its height and width.
fn map() -> impl Strategy<Value = (Vec<f32>, [usize; 2])> {
    (1..12usize, 1..12usize).prop_flat_map(|(h, w)| (vec(level(), h * w), Just([h, w])))
}

fn mirrored(map: &[f32], width: usize) -> Vec<f32> {
    map.chunks(width).flat_map(|row| row.iter().rev().copied()).collect()
}

fn close(a: &[f32], b: &[f32]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5)
}

/// A box in an image of `w` x `h` pixels or around it.
fn boxes(w: f64, h: f64) -> impl Strategy<Value = Rect> {
    let ends = |most: f64| (-0.5 * most..1.5 * most, -0.5 * most..1.5 * most).prop_map(|(a, b)| [a.min(b), a.max(b)]);
    (ends(w), ends(h)).prop_map(|([x0, x1], [y0, y1])| Rect { x0, y0, x1, y1 })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_correlation_is_symmetric_and_bounded((a, b) in columns()) {
        let ((forth, flat), back) = (correlation(&a, &b), correlation(&b, &a));
        prop_assert!((-1.0..=1.0).contains(&forth) && (forth, flat) == back);
        let is_flat = |x: &[f32]| x.iter().all(|v| *v == x[0]);
        prop_assert_eq!(flat, is_flat(&a) || is_flat(&b));
        prop_assert!(!flat || forth == 0.0);
        prop_assert!(is_flat(&a) || (correlation(&a, &a).0 - 1.0).abs() < 1e-5);
    }

    #[test]
    fn a_correlation_keeps_its_value_when_a_map_is_stretched_and_turns_its_sign_when_it_is_inverted(
        (a, b) in columns(), factor in 0.25..4.0f32, shift in -1.0..1.0f32,
    ) {
        let (rho, flat) = correlation(&a, &b);
        let moved = |factor: f32| a.iter().map(|v| v * factor + shift).collect::<Vec<_>>();
        for (factor, expected) in [(factor, rho), (-factor, -rho)] {
            let (found, still) = correlation(&moved(factor), &b);
            prop_assert!((found - expected).abs() < 1e-4 && still == flat, "{found} {expected}");
        }
    }

    #[test]
    fn regions_share_out_a_map((rows, columns, h, w) in (1..5usize, 1..5usize, 1..5usize, 1..5usize)) {
        let (height, width) = (rows * h, columns * w);
        let map: Vec<f32> = (0..height * width).map(|i| i as f32).collect();
        let regions = values(Grid { rows, columns }.divide(tensor(&map, [1, height, width])));
        for (region, own) in regions.chunks(h * w).enumerate() {
            for &v in own {
                let (y, x) = (v as usize / width, v as usize % width);
                prop_assert_eq!((y / h, x / w), (region / columns, region % columns));
            }
        }
        let mut all = regions;
        all.sort_by(f32::total_cmp);
        prop_assert_eq!(all, map);
    }

    #[test]
    fn mirrored_maps_agree_in_mirrored_regions(
        (rows, columns, a, b) in (1..4usize, 1..4usize)
            .prop_flat_map(|(r, c)| (Just(r), Just(c), vec(level(), r * c * 6), vec(level(), r * c * 6)))
    ) {
        let (grid, shape) = (Grid { rows, columns }, [1, rows * 2, columns * 3]);
        let rho = |a: &[f32], b: &[f32]| values(agreement(&[tensor(a, shape), tensor(b, shape)], grid).rho);
        let turned = rho(&mirrored(&a, columns * 3), &mirrored(&b, columns * 3));
        prop_assert!(close(&mirrored(&turned, columns), &rho(&a, &b)));
    }

    #[test]
    fn exactly_half_is_kept_and_it_is_the_larger((map, _) in map(), double in any::<bool>()) {
        let found = top_half(&map);
        prop_assert_eq!(found.kept.iter().filter(|kept| **kept).count(), map.len() / 2);
        for (i, j) in (0..map.len()).flat_map(|i| (0..map.len()).map(move |j| (i, j))) {
            let beats = map[i] > map[j] || map[i] == map[j] && i < j;
            prop_assert!(!(beats && found.kept[j]) || found.kept[i], "{i} {j}");
        }
        let hidden = map.iter().zip(&found.kept).filter(|(_, kept)| !**kept).map(|(v, _)| *v);
        prop_assert_eq!(found.cut, hidden.fold(f32::MIN, f32::max));
        // The ranking alone counts.
        let other: Vec<f32> = map.iter().map(|v| if double { 2.0 * v - 7.0 } else { v * v * v }).collect();
        prop_assert_eq!(top_half(&other).kept, found.kept);
        prop_assert!(largest(&map, map.len()).iter().all(|kept| *kept));
    }

    #[test]
    fn resizing_stays_between_the_values_and_keeps_mirrors(
        (map, [h, w]) in map(), (rows, columns) in (1..20usize, 1..20usize),
    ) {
        let resized = |map: &[f32]| values(resize_map(tensor(map, [1, h, w]), [rows, columns]));
        let found = resized(&map);
        let (low, high) = map.iter().fold((f32::MAX, f32::MIN), |(low, high), v| (low.min(*v), high.max(*v)));
        prop_assert!(found.iter().all(|v| (low - 1e-5..=high + 1e-5).contains(v)));
        prop_assert!(close(&resized(&mirrored(&map, w)), &mirrored(&found, columns)));
        let whole = values(resize_map(tensor(&map, [1, h, w]), [h, w]));
        prop_assert_eq!(whole, map);
    }

    #[test]
    fn a_normalized_map_keeps_its_order_and_fills_its_range((map, [h, w]) in map()) {
        let found = values(minmax(tensor(&map, [1, h, w])));
        prop_assert!(found.iter().all(|v| (0.0..=1.0).contains(v)));
        prop_assert_eq!(argmax(&found), argmax(&map));
        let flat = map.iter().all(|v| *v == map[0]);
        let top = if flat { 0.0 } else { 1.0 };
        prop_assert!((found[argmax(&found)] - top).abs() < 1e-5);
    }

    #[test]
    fn probabilities_sum_to_one_in_the_order_of_the_logits(
        logits in vec(-50.0..50.0f32, 1..30), shift in -8..8i8,
    ) {
        let found = softmax(&logits).unwrap();
        prop_assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let order = |i: usize, j: usize| logits[i] <= logits[j] || found[i] >= found[j];
        prop_assert!((0..found.len()).all(|i| (0..found.len()).all(|j| order(i, j))));
        let moved: Vec<f32> = logits.iter().map(|z| z + f32::from(shift)).collect();
        prop_assert!(softmax(&moved).unwrap().iter().zip(&found).all(|(a, b)| (a - b).abs() < 1e-5));
    }

    #[test]
    fn log_odds_rise_with_their_class_and_fall_with_the_others(
        (logits, class) in vec(-6.0..6.0f32, 2..12).prop_flat_map(|z| (Just(z.clone()), 0..z.len())),
    ) {
        let index = Tensor::<1, Int>::from_data([class as i64], &Device::flex());
        let gradient = values(log_odds(tensor(&logits, [1, logits.len()]), index));
        let p = softmax(&logits).unwrap();
        for (k, found) in gradient.iter().enumerate() {
            // log p / (1 - p) has the derivative 1 for the class itself, and -p_k / (1 - p_c) for another.
            let rest: f64 = p.iter().enumerate().filter(|(i, _)| *i != class).map(|(_, p)| p).sum();
            let expected = if k == class { 1.0 } else { -p[k] / rest };
            prop_assert!((f64::from(*found) - expected).abs() < 1e-5, "{k}: {found} {expected}");
        }
    }

    #[test]
    fn what_is_kept_and_what_is_hidden_make_the_whole(
        (image, hidden, keep) in (1..20usize)
            .prop_flat_map(|n| (vec(-2.0..2.0f32, 3 * n), vec(-2.0..2.0f32, 3 * n), vec(level(), n))),
    ) {
        let mixed = |keep: &dyn Fn(usize) -> f32| {
            let mut out = Vec::new();
            blend(&image, &hidden, image.len() / 3, keep, &mut out);
            out
        };
        let sum: Vec<f32> = mixed(&|i| keep[i]).iter().zip(mixed(&|i| 1.0 - keep[i])).map(|(a, b)| a + b).collect();
        let whole: Vec<f32> = image.iter().zip(&hidden).map(|(a, b)| a + b).collect();
        prop_assert!(close(&sum, &whole));
        prop_assert_eq!(mixed(&|_| 1.0), image.clone());
        prop_assert_eq!(mixed(&|_| 0.0), hidden.clone());
    }

    #[test]
    fn a_crop_is_a_centered_square_inside((w, h) in (1..9000u32, 1..9000u32), crop in 0.01..=1.0f64) {
        let preprocess = Preprocess { side: 224, crop, mean: [0.5; 3], std: [0.5; 3], bgr: false };
        let Crop { x, y, side } = preprocess.crop_of(w, h);
        let (w, h) = (f64::from(w), f64::from(h));
        prop_assert!(side > 0.0 && (side - crop * w.min(h)).abs() < 1e-9);
        prop_assert!(x >= 0.0 && y >= 0.0 && x + side <= w + 1e-9 && y + side <= h + 1e-9);
        prop_assert!((2.0 * x + side - w).abs() < 1e-9 && (2.0 * y + side - h).abs() < 1e-9);
    }

    #[test]
    fn a_box_is_seen_where_its_pixels_are(
        rect in boxes(300.0, 200.0), (x, y, side) in (0.0..100.0f64, 0.0..50.0f64, 1.0..150.0f64), map in 1..40usize,
    ) {
        let crop = Crop { x, y, side };
        let scale = map as f64 / side;
        let seen = rect.seen(crop, map);
        for i in 0..map * map {
            let at = [(i % map) as f64 + 0.5, (i / map) as f64 + 0.5];
            let (px, py) = (x + at[0] / scale, y + at[1] / scale);
            // Not on an edge, where rounding decides.
            let edge = [px - rect.x0, px - rect.x1, py - rect.y0, py - rect.y1].iter().any(|d| d.abs() < 1e-6);
            prop_assert!(edge || seen.is_some_and(|seen| seen.contains(at[0], at[1])) == rect.contains(px, py));
        }
        if let Some(Rect { x0, y0, x1, y1 }) = seen {
            prop_assert!(0.0 <= x0 && x0 < x1 && x1 <= map as f64 && 0.0 <= y0 && y0 < y1 && y1 <= map as f64);
        }
    }

    #[test]
    fn covered_places_count_once(all in vec(boxes(40.0, 40.0), 0..5)) {
        let area = |boxes: &[Rect]| covered(boxes, 40.0, 40.0);
        let whole = area(&all);
        prop_assert!((0.0..=1.0 + 1e-12).contains(&whole));
        let sum: f64 = all.iter().map(|rect| area(&[*rect])).sum();
        prop_assert!(whole <= sum + 1e-9 && all.iter().all(|rect| area(&[*rect]) <= whole + 1e-9));
        prop_assert!((area(&[all.clone(), all.clone()].concat()) - whole).abs() < 1e-9);
        // A pixel counts by its center: each edge of a box is off by half a row of them at most.
        let pixels = inside(&all, 40).iter().filter(|held| **held).count() as f64 / 1600.0;
        prop_assert!((pixels - whole).abs() <= all.len() as f64 * 0.05 + 1e-9, "{pixels} {whole}");
    }

    #[test]
    fn a_turned_image_turns_back_and_boxes_go_along((w, h) in (1..9u32, 1..9u32), exif in 1..=8u8, at in any::<u32>()) {
        let image = Rgba8::new(w, h, (0..w * h).flat_map(|i| [i as u8, 7, 9, 255]).collect()).unwrap();
        let turned = image.clone().oriented(Orientation::from_exif(exif));
        // The mirrors undo themselves, and the two quarter turns each other.
        let back = Orientation::from_exif(match exif { 6 => 8, 8 => 6, other => other });
        prop_assert_eq!(turned.clone().oriented(back), image.clone());
        let pixel = [at % w, at / w % h];
        let [x, y] = pixel.map(f64::from);
        let rect = Orientation::from_exif(exif).rect(Rect { x0: x, y0: y, x1: x + 1.0, y1: y + 1.0 }, w, h);
        prop_assert_eq!(turned.pixel(rect.x0 as u32, rect.y0 as u32), image.pixel(pixel[0], pixel[1]));
        let there = Orientation::from_exif(exif).transposes();
        let (tw, th) = if there { (h, w) } else { (w, h) };
        let again = back.rect(rect, tw, th);
        prop_assert_eq!(again, Rect { x0: x, y0: y, x1: x + 1.0, y1: y + 1.0 });
    }

    #[test]
    fn a_mirrored_image_is_prepared_as_a_mirrored_input((w, h) in (16..40u32, 16..40u32), seed in any::<u64>()) {
        let byte = |i: u32, c: u64| permutation(seed ^ c, 256)[i as usize % 251] as u8;
        let pixels = (0..w * h).flat_map(|i| [byte(i, 0), byte(i, 1), byte(i, 2), 255]).collect();
        let image = Rgba8::new(w, h, pixels).unwrap();
        let preprocess = Preprocess { side: 16, crop: 1.0, mean: [0.5; 3], std: [0.5; 3], bgr: false };
        let plain = preprocess.image(&image).unwrap();
        let turned = preprocess.image(&image.oriented(Orientation::from_exif(2))).unwrap();
        let back = |at: usize, c: usize| turned[(at / 16 * 16 + 15 - at % 16) * 3 + c];
        // Fixed-point weights of the filter may round a level apart.
        prop_assert!((0..256).all(|at| (0..3).all(|c| plain[at * 3 + c].abs_diff(back(at, c)) <= 1)));
    }
}
