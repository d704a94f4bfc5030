//! The plan: what is trained, with which seeds, and what is measured of it. docs/RESULTS.md has a section for each
//! family.

/// A row of the plan.
pub(super) struct Experiment {
    pub(super) name: &'static str,
    /// The family whose flags all its members share.
    pub(super) family: &'static Family,
    /// What it has of its own.
    pub(super) flags: &'static [&'static str],
    pub(super) seeds: &'static [u64],
}

/// Experiments that differ in the loss alone.
pub(super) struct Family {
    /// Folders to learn from.
    pub(super) train: &'static [&'static str],
    /// Folder to measure on.
    pub(super) set: &'static str,
    /// The networks and their input, where they start from nothing.
    pub(super) networks: &'static [&'static str],
    pub(super) flags: &'static [&'static str],
    /// Whether it starts from [`PRETRAINED`].
    pub(super) pretrained: bool,
    /// Whether each report is kept in docs/results, or only what they come to in docs/study.json.
    pub(super) kept: bool,
}

/// 1000-class peers that keep what they know, by distillation from their former selves.
pub(super) static TUNED: Family = Family {
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
pub(super) const FOUR: &[u64] = &[0, 1, 2, 3];
const TWO: &[u64] = &[0, 1];
const ONE: &[u64] = &[0];

/// Everything that is trained.
pub(super) static PLAN: &[Experiment] = &[
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
        name: "tuned-beta5",
        family: &TUNED,
        flags: &[
            "--consistency-weight=1",
            "--transfer-weight=5",
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
pub(super) const PRETRAINED: &str = "web/models/lite0-lite1.safetensors";
/// The pair that ships.
const SHIPPED: &str = "tuned-beta5-0";
/// The pair that shipped before, of which the slow measures were taken.
const FORMER: &str = "tuned-transfer-0";
/// The pair that the first family starts from.
pub(super) const UNTOUCHED: &str = "untouched";

/// What is measured in one go.
pub(super) struct Measure {
    /// Goes behind the set's name in the name of its result.
    pub(super) name: &'static str,
    pub(super) methods: &'static str,
    pub(super) metrics: &'static str,
    /// On so many images, where all would take hours.
    pub(super) limit: Option<usize>,
    /// Only of these.
    pub(super) of: Option<&'static [&'static str]>,
}

/// The paper's rivals and the controls.
const RIVALS: &str = "mutual,attention,grad-cam,grad-cam-pp,layer-cam,recipro-cam,\
                      control-ones,control-noise,control-gaussian,control-fake";

pub(super) static MEASURES: &[Measure] = &[
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
        of: Some(&[FORMER]),
    },
    Measure {
        name: "-slow",
        methods: "mutual,score-cam",
        metrics: "average-drop,average-increase",
        limit: Some(100),
        of: Some(&[FORMER]),
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
pub(super) const PAIRS: &[(&str, &str)] = &[
    ("tuned-transfer", "tuned-beta0"),
    ("unmasked-transfer", "unmasked-beta0"),
    ("tuned-gamma", "tuned-beta0"),
    ("tuned-transfer", "tuned-whole"),
    ("scratch-transfer", "scratch-beta0"),
    ("scratch-gamma", "scratch-beta0"),
    ("scratch-transfer", "scratch-whole"),
];
