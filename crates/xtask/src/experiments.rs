//! `cargo xtask experiments`: trains and measures everything that docs/RESULTS.md tells, in one command. What is done
//! already is not done again, and what was stopped goes on.

pub mod planted;
pub mod study;

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::{
    pages,
    shell::{self, Result, cargo, command, exec, root},
};

/// What to run, and on which images.
#[derive(clap::Args)]
pub struct Args {
    /// Folder with the images: imagenette/train, imagenette/val, caltech101, imagenet-val/val1000,
    /// imagenet-val/imagenette500 and imagenet-val/boxes.csv
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Where runs and their results go; results are small and are kept in docs/results too
    #[arg(long, default_value = "target/experiments", value_name = "DIR")]
    out: PathBuf,
    /// Folder with mobilenet-v1.onnx and mobilenet-v2.onnx, for what is measured of unlike networks
    #[arg(long, value_name = "DIR")]
    networks: Option<PathBuf>,
    /// Only the experiments whose names begin so (may be given more than once)
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Train, measure, or both; and at the end write the tables of docs/RESULTS.md
    #[arg(long, value_enum, default_value_t)]
    stage: Stage,
    /// Measure on no more images than this
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Program to run; otherwise one is built
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Stage {
    Train,
    Evaluate,
    #[default]
    Both,
}

/// A row of the plan.
struct Experiment {
    name: &'static str,
    /// The family whose flags all its members share.
    family: &'static Family,
    /// What it has of its own.
    flags: &'static [&'static str],
    seeds: &'static [u64],
}

/// Experiments that differ in the loss alone.
struct Family {
    /// Folders to learn from.
    train: &'static [&'static str],
    /// Folder to measure on.
    set: &'static str,
    /// The networks and their input, where they start from nothing.
    networks: &'static [&'static str],
    flags: &'static [&'static str],
    /// Whether it starts from [`PRETRAINED`].
    pretrained: bool,
    /// Whether each report is kept in docs/results, or only what they come to in docs/study.json.
    kept: bool,
}

/// 1000-class peers that keep what they know, by distillation from their former selves.
static TUNED: Family = Family {
    train: &["imagenette/train", "caltech101"],
    set: "val1000",
    networks: &[],
    flags: &[
        "--targets=teacher",
        "--batch-size=12",
        "--steps=200",
        "--transfer-weight=5",
        "--optimizer=adamw",
        "--lr=0.00003",
        "--evidence=guided",
    ],
    pretrained: true,
    kept: true,
};
/// The paper's own setting: hard labels, ten classes, from nothing.
static SCRATCH: Family = Family {
    train: &["imagenette/train"],
    set: "imagenette500",
    networks: &["--peers=efficientnet-lite0,efficientnet-lite1", "--image-size=96"],
    flags: &[
        "--crop=0.35",
        "--batch-size=32",
        "--steps=1000",
        "--lr=0.1",
        "--weight-decay=0.0001",
        "--warm-up=50",
        "--map-size=28",
    ],
    pretrained: false,
    kept: true,
};
/// The same setting, small enough for several seeds.
static SEEDED: Family = Family {
    train: SCRATCH.train,
    set: SCRATCH.set,
    networks: &["--peers=a=efficientnet-lite-micro,b=efficientnet-lite-micro", "--image-size=64"],
    flags: SCRATCH.flags,
    pretrained: false,
    kept: false,
};

const SEEDS: &[u64] = &[0, 1, 2];
const FOUR: &[u64] = &[0, 1, 2, 3];
const TWO: &[u64] = &[0, 1];
const ONE: &[u64] = &[0];

/// The plan: docs/RESULTS.md has a section for each family.
static PLAN: &[Experiment] = &[
    Experiment {
        name: "tuned-transfer",
        family: &TUNED,
        flags: &[
            "--consistency-weight=1",
            "--transfer-weight=20",
            "--transfer-onto=both",
            "--steps=100",
            "--interpolate=0.5",
        ],
        seeds: SEEDS,
    },
    Experiment {
        name: "tuned-beta0",
        family: &TUNED,
        flags: &["--consistency-weight=1", "--transfer-weight=0", "--steps=100", "--interpolate=0.5"],
        seeds: SEEDS,
    },
    Experiment { name: "unmasked-transfer", family: &TUNED, flags: &["--consistency-weight=0"], seeds: SEEDS },
    Experiment {
        name: "unmasked-beta0",
        family: &TUNED,
        flags: &["--consistency-weight=0", "--transfer-weight=0"],
        seeds: SEEDS,
    },
    Experiment {
        name: "tuned-gamma",
        family: &TUNED,
        flags: &[
            "--consistency-weight=1",
            "--transfer-weight=0",
            "--mutual-weight=1",
            "--steps=100",
            "--interpolate=0.5",
        ],
        seeds: ONE,
    },
    Experiment {
        name: "tuned-whole",
        family: &TUNED,
        flags: &[
            "--consistency-weight=1",
            "--transfer-weight=20",
            "--transfer-onto=both",
            "--transfer=whole",
            "--steps=100",
            "--interpolate=0.5",
        ],
        seeds: SEEDS,
    },
    Experiment { name: "scratch-transfer", family: &SCRATCH, flags: &[], seeds: ONE },
    Experiment { name: "scratch-beta0", family: &SCRATCH, flags: &["--transfer-weight=0"], seeds: TWO },
    Experiment {
        name: "scratch-gamma",
        family: &SCRATCH,
        flags: &["--transfer-weight=0", "--mutual-weight=1"],
        seeds: ONE,
    },
    Experiment { name: "scratch-whole", family: &SCRATCH, flags: &["--transfer=whole"], seeds: ONE },
    Experiment { name: "seeds-transfer", family: &SEEDED, flags: &[], seeds: FOUR },
    Experiment { name: "seeds-beta0", family: &SEEDED, flags: &["--transfer-weight=0"], seeds: FOUR },
    Experiment {
        name: "seeds-gamma",
        family: &SEEDED,
        flags: &["--transfer-weight=0", "--mutual-weight=1"],
        seeds: FOUR,
    },
];

/// The bundle that the first family starts from, made of the published weights.
const PRETRAINED: &str = "web/models/lite0-lite1.safetensors";
/// The pair that ships.
const SHIPPED: &str = "tuned-transfer-0";
/// The pair that the first family starts from.
const UNTOUCHED: &str = "untouched";

/// What is measured in one go.
struct Measure {
    /// Goes behind the set's name in the name of its result.
    name: &'static str,
    methods: &'static str,
    metrics: &'static str,
    /// On so many images, where all would take hours.
    limit: Option<usize>,
    /// Only of these.
    of: Option<&'static [&'static str]>,
}

/// The paper's rivals and the controls.
const RIVALS: &str = "mutual,attention,grad-cam,grad-cam-pp,layer-cam,recipro-cam,\
                      control-ones,control-noise,control-gaussian,control-fake";

static MEASURES: &[Measure] = &[
    Measure {
        name: "",
        methods: "mutual,guided,cam",
        metrics: "average-drop,average-increase,pointing",
        limit: None,
        of: None,
    },
    Measure {
        name: "-whole",
        methods: "mutual,grad-cam",
        metrics: "average-drop,average-gain,complexity,coherency,adcc,pointing,energy",
        limit: None,
        of: Some(&[SHIPPED]),
    },
    Measure {
        name: "-rivals",
        methods: RIVALS,
        metrics: "average-drop,average-increase",
        limit: None,
        of: Some(&[SHIPPED, UNTOUCHED]),
    },
    Measure {
        name: "-curves",
        methods: "mutual,grad-cam",
        metrics: "insertion,deletion",
        limit: Some(200),
        of: Some(&[SHIPPED]),
    },
    Measure {
        name: "-slow",
        methods: "mutual,score-cam",
        metrics: "average-drop,average-increase",
        limit: Some(100),
        of: Some(&[SHIPPED]),
    },
    // What the settings of the mutual map do to it, at no training.
    Measure {
        name: "-settings",
        methods: "mutual,mutual:weight=agreement,mutual:weight=agreement:grid=2,mutual:weight=agreement:grid=4,\
                  mutual:weight=agreement:grid=14,mutual:fuse=geometric,mutual:fuse=product,mutual:power=1,\
                  mutual:stages=4,mutual:stages=5,mutual:stages=6,mutual:stages=7,mutual:stages=4+5,\
                  mutual:stages=6+7,mutual:evidence=attention,mutual:evidence=class",
        metrics: "average-drop,average-increase",
        limit: Some(300),
        of: Some(&[UNTOUCHED]),
    },
];

/// What is compared image by image, each side's seeds together.
const PAIRS: &[(&str, &str)] = &[
    ("tuned-transfer", "tuned-beta0"),
    ("unmasked-transfer", "unmasked-beta0"),
    ("tuned-gamma", "tuned-beta0"),
    ("tuned-transfer", "tuned-whole"),
    ("scratch-transfer", "scratch-beta0"),
    ("scratch-gamma", "scratch-beta0"),
    ("scratch-transfer", "scratch-whole"),
];

pub fn run(args: &Args) -> Result {
    let peerlight = match &args.program {
        Some(program) => std::path::absolute(program).map_err(|e| e.to_string())?,
        None => built()?,
    };
    let wanted = |name: &str| args.only.is_empty() || args.only.iter().any(|only| name.starts_with(only.as_str()));
    if args.stage != Stage::Evaluate {
        // The first seed of everything before the second of anything: an image of the whole comes early.
        for seed in FOUR {
            for experiment in PLAN.iter().filter(|e| wanted(e.name) && e.seeds.contains(seed)) {
                train(&peerlight, args, experiment, *seed)?;
            }
        }
        planted::train(&peerlight, args, wanted)?;
    }
    if args.stage == Stage::Train {
        return Ok(());
    }
    for measure in MEASURES {
        if wanted(UNTOUCHED) {
            evaluate(&peerlight, args, measure, UNTOUCHED, &root().join(PRETRAINED), &TUNED)?;
        }
        for experiment in PLAN.iter().filter(|e| wanted(e.name)) {
            for seed in experiment.seeds {
                let name = format!("{}-{seed}", experiment.name);
                let bundle = args.out.join(&name).join("bundle.safetensors");
                if args.stage != Stage::Evaluate || bundle.exists() {
                    evaluate(&peerlight, args, measure, &name, &bundle, experiment.family)?;
                }
            }
        }
    }
    study::measure(&peerlight, args, wanted)?;
    planted::measure(&peerlight, args, wanted)?;
    if wanted("planted") {
        planted::keep(args)?;
    }
    for (a, b) in PAIRS.iter().filter(|(a, b)| wanted(a) && wanted(b)) {
        compare(&peerlight, args, a, b)?;
    }
    match PLAN.iter().any(|e| wanted(e.name)) || wanted(UNTOUCHED) {
        true => pages::write_results(),
        false => Ok(()),
    }
}

/// The program, compiled as a user's.
fn built() -> Result<PathBuf> {
    exec(cargo().args(["build", "--release", "--package", "peerlight-cli"]))?;
    Ok(shell::target_dir().join("release/peerlight"))
}

/// Trains, or goes on, unless there is a bundle.
fn train(peerlight: &Path, args: &Args, experiment: &Experiment, seed: u64) -> Result {
    let out = args.out.join(format!("{}-{seed}", experiment.name));
    if out.join("bundle.safetensors").exists() {
        return Ok(());
    }
    shell::say(format!("training {}", out.display()));
    let mut train = command(peerlight);
    train.arg("train").arg("--out").arg(&out);
    if out.join("recipe.toml").exists() {
        return exec(train.arg("--resume"));
    }
    let family = experiment.family;
    train.args(family.train.iter().map(|folder| args.data.join(folder)));
    train.arg("--val").arg(args.data.join("imagenette/val")).arg(format!("--seed={seed}"));
    if family.pretrained {
        train.arg("--from").arg(root().join(PRETRAINED));
    }
    exec(train.args(family.networks).args(family.flags).args(experiment.flags))
}

/// Runs the protocol, or goes on with it, and keeps the small part of what it found.
fn evaluate(peerlight: &Path, args: &Args, measure: &Measure, name: &str, bundle: &Path, family: &Family) -> Result {
    if measure.of.is_some_and(|of| !of.contains(&name)) {
        return Ok(());
    }
    let (set, result) = (family.set, format!("{}{}", family.set, measure.name));
    shell::say(format!("measuring {name}, {result}"));
    let out = args.out.join(name).join(&result);
    let mut evaluate = command(peerlight);
    evaluate.arg("evaluate").arg(args.data.join("imagenet-val").join(set)).arg("--bundle").arg(bundle);
    evaluate.arg("--out").arg(&out).args(["--set", set, "--method", measure.methods, "--metrics", measure.metrics]);
    evaluate.arg("--boxes").arg(args.data.join("imagenet-val/boxes.csv"));
    evaluate.args(args.limit.or(measure.limit).map(|limit| format!("--limit={limit}")));
    // 3: it did its work, and tells of something to look at, such as boxes that reach outside their image.
    shell::exec_with(&mut evaluate, &[0, 3])?;
    if family.kept {
        let kept = kept()?.join(format!("{name}-{result}.json"));
        std::fs::copy(out.join("report.json"), kept).map_err(|e| e.to_string())?;
    }
    Ok(())
}

/// Compares two experiments, all seeds of each.
fn compare(peerlight: &Path, args: &Args, a: &str, b: &str) -> Result {
    let of = |name: &str| PLAN.iter().find(|e| e.name == name).ok_or(format!("no experiment {name}"));
    let set = of(a)?.family.set;
    let side = |name: &str| -> Result<String> {
        let folders = of(name)?.seeds.iter().map(|seed| args.out.join(format!("{name}-{seed}")).join(set));
        Ok(folders.map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(","))
    };
    let mut compare = command(peerlight);
    compare.args(["compare", "--json", "--a", &side(a)?, "--b", &side(b)?]);
    let json = shell::output(&mut compare).ok_or_else(|| format!("peerlight compare: {a} against {b} failed"))?;
    std::fs::write(kept()?.join(format!("{a}-against-{b}.json")), json).map_err(|e| e.to_string())
}

/// Where results are kept.
fn kept() -> Result<PathBuf> {
    let kept = root().join("docs/results");
    shell::make_dir(&kept)?;
    Ok(kept)
}
