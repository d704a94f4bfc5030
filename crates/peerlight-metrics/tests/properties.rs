//! What must hold for any scores, rates and records: drawn values, shrunk to the smallest that fails.

mod common;

use peerlight_core::{Code, Rect};
use peerlight_metrics::{
    Block, Boxes, FigureKey, Masking, RankedMap, Record, RegionAt, Replacement, WhatIf, auroc, calibrate,
    calibration_error, interval, isotonic, logistic, metric_ids, order, parts, positions, ranks, rate_at,
    resampled_means, spearman, wilson,
};
use proptest::{collection::vec, prelude::*, sample::select};

/// Scores of few levels, so that there are ties, each with whether the target holds.
fn scored() -> impl Strategy<Value = (Vec<f64>, Vec<bool>)> {
    vec((-8..8i8, any::<bool>()), 2..60)
        .prop_map(|rows| rows.into_iter().map(|(score, hit)| (f64::from(score) / 4.0, hit)).unzip())
}

/// A map of few levels, with both zeros.
fn map() -> impl Strategy<Value = Vec<f32>> {
    vec(select(vec![-1.5f32, -0.0, 0.0, 0.25, 0.5, 1.0]), 1..60)
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9 || a.is_nan() && b.is_nan()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_is_one_of_falling_values_and_ties_keep_their_places(map in map()) {
        let order = order(&map);
        for pair in order.windows(2) {
            let [a, b] = [pair[0], pair[1]].map(|pixel| map[pixel as usize]);
            prop_assert!(a > b || a == b && pair[0] < pair[1], "{order:?}");
        }
        let positions = positions(&map);
        prop_assert!(order.iter().zip(0..).all(|(pixel, place)| positions[*pixel as usize] == place));
        prop_assert_eq!(order.len(), map.len());
    }

    #[test]
    fn ranks_grow_with_values_and_turn_round_when_these_are_inverted(map in map()) {
        let found = ranks(&map);
        for (i, j) in (0..map.len()).flat_map(|i| (0..map.len()).map(move |j| (i, j))) {
            prop_assert_eq!(map[i].partial_cmp(&map[j]), found[i].partial_cmp(&found[j]));
        }
        let inverted = ranks(&map.iter().map(|v| -v).collect::<Vec<_>>());
        let alone = map.len() == 1;
        prop_assert!(alone || found.iter().zip(&inverted).all(|(a, b)| (a + b - 1.0).abs() < 1e-6));
    }

    #[test]
    fn ties_are_counted_where_position_chose(map in map()) {
        let half = map.len() / 2;
        let mut falling = map.clone();
        falling.sort_by(|a, b| b.total_cmp(a));
        let chosen = match half.checked_sub(1) {
            Some(last) if falling[last] == falling[half] => {
                falling[..half].iter().filter(|v| **v == falling[half]).count()
            }
            _ => 0,
        };
        let tied = RankedMap::new(&map).tied();
        prop_assert!(same(tied, chosen as f64 / half.max(1) as f64), "{tied} {chosen} of {half}");
    }

    #[test]
    fn the_upper_half_is_the_first_half_of_the_order(map in map()) {
        let (ranked, order) = (RankedMap::new(&map), order(&map));
        let kept = &ranked.top_half().kept;
        let upper: Vec<u32> = order.iter().copied().filter(|&pixel| kept[pixel as usize]).collect();
        prop_assert_eq!(&upper[..], &order[..map.len() / 2]);
        prop_assert_eq!(ranked.highest(), order.first().map_or(0, |&pixel| pixel as usize));
    }

    #[test]
    fn auroc_is_the_share_of_pairs_in_the_right_order((scores, hits) in scored()) {
        let found = auroc(&scores, &hits);
        let of = |wanted: bool| {
            scores.iter().zip(&hits).filter(move |(_, hit)| **hit == wanted).map(|(score, _)| *score)
        };
        let (mut won, mut pairs) = (0.0, 0.0);
        for (with, without) in of(true).flat_map(|with| of(false).map(move |without| (with, without))) {
            pairs += 1.0;
            won += if with > without { 1.0 } else if with == without { 0.5 } else { 0.0 };
        }
        prop_assert!(same(found, won / pairs), "{found}");
        // Only the order counts, and turning it round turns the share round.
        let moved: Vec<f64> = scores.iter().map(|score| score.exp() - 3.0).collect();
        prop_assert!(same(auroc(&moved, &hits), found));
        let inverted: Vec<f64> = scores.iter().map(|score| -score).collect();
        prop_assert!(same(auroc(&inverted, &hits), 1.0 - found));
    }

    #[test]
    fn a_rank_correlation_is_symmetric_and_only_order_counts((a, hits) in scored(), seed in any::<u64>()) {
        let drawn = |i: u32| f64::from((seed >> (i % 64)) as u8 & 3);
        let b: Vec<f64> = (0..).zip(&hits).map(|(i, hit)| f64::from(u8::from(*hit)) + drawn(i)).collect();
        let found = spearman(&a, &b);
        prop_assert!(found.is_nan() || (-1.0 - 1e-9..=1.0 + 1e-9).contains(&found), "{found}");
        prop_assert!(same(spearman(&b, &a), found));
        let cubed: Vec<f64> = a.iter().map(|v| v * v * v - 5.0).collect();
        prop_assert!(same(spearman(&cubed, &b), found));
        let inverted: Vec<f64> = a.iter().map(|v| -v).collect();
        prop_assert!(same(spearman(&inverted, &b), -found));
    }

    #[test]
    fn an_interval_of_a_rate_holds_the_rate_and_narrows(hits in 0..300usize, misses in 0..300usize) {
        let images = hits + misses;
        let [low, high] = wilson(hits, images);
        prop_assert!(0.0 <= low && low <= high && high <= 1.0);
        if images > 0 {
            let rate = hits as f64 / images as f64;
            prop_assert!(low <= rate && rate <= high);
            let [less, more] = wilson(4 * hits, 4 * images);
            prop_assert!(more - less < high - low);
        }
        let [turned_low, turned_high] = wilson(misses, images);
        prop_assert!(same(turned_low, 1.0 - high) && same(turned_high, 1.0 - low));
    }

    #[test]
    fn isotonic_blocks_rise_and_hold_every_image_once((scores, hits) in scored(), least in 1..20usize) {
        let exact = isotonic(&scores, &hits, 1);
        for (blocks, least) in [(exact.clone(), 1), (isotonic(&scores, &hits, least), least)] {
            prop_assert_eq!(blocks.iter().map(|block| block.images).sum::<usize>(), scores.len());
            prop_assert_eq!(blocks.iter().map(|block| block.hits).sum::<usize>(), hits.iter().filter(|h| **h).count());
            prop_assert!(blocks.windows(2).all(|pair| pair[0].rate() < pair[1].rate() && pair[0].to < pair[1].from));
            prop_assert!(blocks.len() == 1 || blocks.iter().all(|block| block.images >= least));
            let rates: Vec<f64> = scores.iter().map(|score| rate_at(&blocks, *score)).collect();
            prop_assert!(blocks.iter().all(|block| scores.contains(&block.from) && scores.contains(&block.to)));
            prop_assert!(rates.iter().all(|rate| blocks.iter().map(Block::rate).any(|own| own == *rate)));
        }
        // Least squares among rising fits: no constant, and no single step, comes nearer.
        let error = |rate: &dyn Fn(f64) -> f64| -> f64 {
            scores.iter().zip(&hits).map(|(score, hit)| (rate(*score) - f64::from(u8::from(*hit))).powi(2)).sum()
        };
        let found = error(&|score| rate_at(&exact, score));
        for cut in &scores {
            for (below, above) in [(0.0, 0.5), (0.2, 0.8), (0.5, 0.5), (0.0, 1.0), (0.5, 1.0)] {
                let step = error(&|score| if score < *cut { below } else { above });
                prop_assert!(found <= step + 1e-9);
            }
        }
    }

    #[test]
    fn a_calibration_error_is_a_distance_of_rates((scores, hits) in scored()) {
        let foretold: Vec<f64> = scores.iter().map(|score| 1.0 / (1.0 + (-score).exp())).collect();
        let found = calibration_error(&foretold, &hits);
        prop_assert!((0.0..=1.0).contains(&found));
        let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / hits.len() as f64;
        let hit = |hit: &bool| f64::from(u8::from(*hit));
        let whole = mean(&mut foretold.iter().copied()) - mean(&mut hits.iter().map(hit));
        prop_assert!(whole.abs() <= found + 1e-9, "the error of the whole is no larger than that of its parts");
        // Who foretells what comes is never wrong.
        prop_assert!(calibration_error(&hits.iter().map(hit).collect::<Vec<_>>(), &hits) < 1e-12);
        let shared: Vec<usize> = parts(&foretold, 10).concat();
        let mut sorted = shared.clone();
        sorted.sort_unstable();
        prop_assert_eq!(sorted, (0..hits.len()).collect::<Vec<_>>());
        prop_assert!(shared.windows(2).all(|pair| foretold[pair[0]] <= foretold[pair[1]]));
    }

    #[test]
    fn a_regression_foretells_as_many_hits_as_there_are((scores, hits) in scored(), scale in 0.5..4.0f64) {
        let both = hits.contains(&true) && hits.contains(&false);
        prop_assume!(both);
        let rows = |scale: f64| scores.iter().map(|score| vec![scale * score + 3.0]).collect::<Vec<_>>();
        let fitted = logistic(&rows(1.0), &hits);
        let foretold = |row: &Vec<f64>| 1.0 / (1.0 + (-fitted.score(row)).exp());
        let sum: f64 = rows(1.0).iter().map(foretold).sum();
        // The intercept is not penalized.
        let count = hits.iter().filter(|hit| **hit).count();
        prop_assert!((sum - count as f64).abs() < 1e-6, "{sum} {count}");
        // Columns are standardized: their unit says nothing.
        let other = logistic(&rows(scale), &hits);
        let pairs = rows(1.0).into_iter().zip(rows(scale));
        prop_assert!(pairs.into_iter().all(|(a, b)| (fitted.score(&a) - other.score(&b)).abs() < 1e-6));
    }

    #[test]
    fn an_interval_lies_within_the_values_and_moves_with_them(
        values in vec(-100.0..100.0f64, 1..80), by in -9.0..9.0f64,
    ) {
        let [low, high] = interval(&values).unwrap();
        let (least, most) = values.iter().fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(*v), high.max(*v)));
        prop_assert!(least <= low && low <= high && high <= most);
        let moved = interval(&values.iter().map(|v| v + by).collect::<Vec<_>>()).unwrap();
        prop_assert!((moved[0] - low - by).abs() < 1e-9 && (moved[1] - high - by).abs() < 1e-9);
    }

    #[test]
    fn keys_of_figures_are_read_as_they_are_written(
        metric in select(metric_ids(false)),
        masking in proptest::option::of(select(Masking::ALL.to_vec())),
        small in any::<bool>(),
    ) {
        let boxes = if small { Boxes::Small } else { Boxes::All };
        let key = FigureKey { boxes, ..FigureKey::new(metric, masking) };
        prop_assert_eq!(key.to_string().parse::<FigureKey>().unwrap(), key);
        prop_assert_eq!(FigureKey::from_column(&key.column(), masking).unwrap(), key);
    }

    #[test]
    fn what_is_kept_is_what_is_not_hidden(
        (grid, side) in (1..8usize, 1..24usize),
        places in vec((0..8usize, 0..8usize), 0..5),
        // Read to the last bit: of numbers with more than 15 digits the last may move.
        edges in vec((0..=1000u32).prop_map(|edge| f64::from(edge) / 1000.0), 4),
        brush in (0..6usize).prop_flat_map(|cells| vec(select(vec![0.0f32, 1.0]), cells * cells)),
    ) {
        let regions: Vec<RegionAt> =
            places.iter().map(|(row, column)| RegionAt { row: row % grid, column: column % grid }).collect();
        let [a, b, c, d] = [edges[0], edges[1], edges[2], edges[3]];
        let rect = Rect { x0: a.min(b), x1: a.max(b), y0: c.min(d), y1: c.max(d) };
        let question = WhatIf { regions, boxes: vec![rect], brush, baseline: Replacement::Mean, ..WhatIf::default() };
        let hidden = question.hidden(grid, side).unwrap();
        let kept = WhatIf { keep: true, ..question.clone() }.hidden(grid, side).unwrap();
        prop_assert!(hidden.len() == side * side && hidden.iter().zip(&kept).all(|(a, b)| a != b));
        // Together the places hide what each of them hides.
        let alone = |part: WhatIf| part.hidden(grid, side).unwrap();
        let parts = [
            alone(WhatIf { regions: question.regions.clone(), ..WhatIf::default() }),
            alone(WhatIf { boxes: question.boxes.clone(), ..WhatIf::default() }),
            alone(WhatIf { brush: question.brush.clone(), ..WhatIf::default() }),
        ];
        prop_assert!((0..side * side).all(|i| hidden[i] == parts.iter().any(|part| part[i])));
        let json = serde_json::to_string(&question).unwrap();
        prop_assert_eq!(serde_json::from_str::<WhatIf>(&json).unwrap(), question);
    }
}

proptest! {
    // Each case draws 2,000 resamples.
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_calibration_is_sound_or_refused_for_its_images(
        images in 100..200usize, levels in vec(1..6u64, 3), of_ten in 1..9u64, seed in any::<u64>(),
    ) {
        let uniform = |i: usize, column: u64| peerlight_core::rng::uniform(seed.wrapping_add(column), i as u64);
        // Few levels, down to one: a statistic may be the same in every image.
        let value = |i: usize, column: usize| {
            (uniform(i, column as u64) * levels[column] as f64).floor() / levels[column] as f64
        };
        let record = |i: usize| {
            let ids = ["reach-peers", "spread", "confidence"].into_iter().enumerate();
            let values = ids.map(|(column, id)| (id.to_owned(), value(i, column)));
            common::record(&i.to_string(), uniform(i, 9) * 10.0 < of_ten as f64, values)
        };
        let records: Vec<Record> = (0..images).map(record).collect();
        match calibrate(&records, "mutual", "drawn", "", seed) {
            Ok(found) => prop_assert!(found.check().is_ok()),
            Err(error) => prop_assert_eq!(error.code(), Code::AskInvalid, "{}", error),
        }
    }

    #[test]
    fn means_of_resamples_lie_within_the_values(
        values in vec(proptest::option::weighted(0.9, -5.0..5.0f64), 2..30), seed in any::<u64>(),
    ) {
        let there: Vec<f64> = values.iter().flatten().copied().collect();
        let doubled = values.iter().map(|v| v.map(|v| 2.0 * v)).collect();
        let means = resampled_means(&[values, doubled], seed);
        let (least, most) = there.iter().fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(*v), high.max(*v)));
        prop_assert!(means[0].iter().all(|mean| mean.is_nan() || (least - 1e-9..=most + 1e-9).contains(mean)));
        prop_assert!(there.is_empty() || same(means[0][0], there.iter().sum::<f64>() / there.len() as f64));
        prop_assert!(means[0].iter().zip(&means[1]).all(|(one, two)| same(2.0 * one, *two)));
    }
}
