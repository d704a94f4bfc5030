/** What the engine takes and gives. @generated from the Rust types by `cargo xtask types`: do not edit. */

/** Stable codes of errors. The catalog has what each means and what to do. */
export type ErrorCode =
  | 'image-empty'
  | 'image-too-large'
  | 'image-broken'
  | 'bundle-truncated'
  | 'bundle-invalid'
  | 'bundle-hash'
  | 'bundle-version'
  | 'network-unsupported'
  | 'ask-invalid'
  | 'device-unavailable'
  | 'device-self-test'
  | 'device-lost'
  | 'out-of-memory'
  | 'file-unreadable'
  | 'file-unwritable'
  | 'classes-invalid'
  | 'training-diverged'
  | 'run-invalid'
  | 'cancelled'
  | 'download-failed'
  | 'crashed'
  | 'internal';

/** Kind of device. */
export type DeviceKind = 'cpu' | 'webgpu' | 'cuda';

/**
 * Request for an explanation: a method, its settings, and the peers and the class to explain.
 *
 * The default is the mutual map of all peers for the class with the highest mean probability. A request can be parsed
 * from text and from JSON. JSON may use the older names `stages` for `layers`, and `contrast` with `gamma` for
 * `versus` with `weight`.
 *
 */
export type Request = {
  /** Id of the method. */
  method?: string;
  /**
   * Layers to read, by their numbers, counted from 1, or by their names. A peer that has none of the named layers
   * reads the method's default, and so does every peer with `null`.
   */
  layers?: Array<ByName> | null;
  /** Chosen settings of the method by their ids. The others have their defaults. */
  settings?: Record<string, number | string>;
  /** Index of the peer to explain, counted from 0. `null` for all peers. */
  peer?: number | null;
  /**
   * Index or name of the class to explain. `null` for the class with the highest mean probability over the explained
   * peers. A peer that does not have the class explains its own first one.
   */
  target?: ByName | null;
  /** Class to compare with, if any (Finer-CAM). */
  versus?: Versus | null;
  /** Number of regions per side over which the peers' maps are compared, 1 to 56. */
  grid?: number;
};

/** A class or a layer in a request: its number or its name. */
export type ByName = number | string;

/**
 * Second class to compare with. Its weighted score is subtracted, so the map shows evidence for the first class over
 * the second.
 *
 * Source: Zhang et al., "Finer-CAM: Spotting the Difference Reveals Finer Details for Visual Explanation", CVPR
 * 2025.
 */
export type Versus = {
  /** Index or name of the second class. */
  class: ByName;
  /** Factor of the second class's logit, 0 to 10. Finer-CAM calls it gamma. */
  weight?: number;
};

/** Explanation of one image by one method. */
export type Explanation = {
  /** Version of this structure, 2. */
  version: number;
  /** Name of the device that computed the explanation. */
  device: string;
  /** Bundle whose networks are explained. */
  bundle: BundleName;
  /** Size of the image, and the square of it that the networks saw. */
  image: ImageInfo;
  /** Id of the method. */
  method: string;
  /** Name of the method. */
  name: string;
  /** Settings of the method with their values, defaults included. */
  settings: Record<string, number | string>;
  /** Explained class. */
  target: TargetClass;
  /** Class to compare with by its index in the bundle's list, if any (Finer-CAM). */
  versus: Versus | null;
  /** Side of every map, in pixels: that of the largest input of the networks whose maps were made. */
  side: number;
  /** Explained peers, with their predictions and maps. */
  peers: Array<PeerMap>;
  /** Joint map before resizing, after ReLU (if the method rectifies) and min-max. */
  raw: RawMap;
  /** `false` if a raw map held NaN or infinity. The joint map is then blank. */
  finite: boolean;
  /**
   * Agreement of the explained peers' own maps, -1 to 1: the mean correlation over the regions. A region where a map
   * is constant counts as 0. `null` for one peer.
   */
  agreement: number | null;
  /**
   * Overlap of the brightest fifths of the explained peers' maps: intersection over union, 0 to 1, the mean over the
   * pairs. Unrelated maps give about 0.11. `null` for one peer.
   */
  overlap: number | null;
  /** What to know before the maps are read, if anything: that nothing was recognized, say. */
  caution: string | null;
  /** What agreement like this was worth on test images. `null` for one peer. */
  trust: Trust | null;
  /** Regions of the grid, row by row. Empty for one peer. */
  regions: Array<Region>;
  /** Number of regions along a side of the grid. */
  grid: number;
  /** Cost in passes. */
  cost: Cost;
  /** Time in milliseconds, with that of the forward passes, which all explanations of an image share. */
  ms: number;
  /** Time of each step. */
  timings: Array<Timing>;
  /** Values, row by row. */
  map: Float32Array;
  /** Whether the map was constant or had values that are not finite. All values of a blank map are 0. */
  blank: boolean;
};

/** Name and checksum of a bundle. */
export type BundleName = {
  /** Name shown to people. */
  name: string;
  /** sha256 of the file, 64 hexadecimal digits. */
  sha256: string;
};

/** Size of an image, and the square of it that the networks saw. */
export type ImageInfo = {
  /** Width of the image, in pixels. */
  width: number;
  /** Height of the image, in pixels. */
  height: number;
  /** Square that the networks saw, in the image's pixels. Every map covers exactly this square. */
  crop: Crop;
};

/** Square of the image that the networks see, in the image's pixels, not necessarily whole ones. */
export type Crop = {
  /** Left edge, in pixels from the left. */
  x: number;
  /** Top edge, in pixels from the top. */
  y: number;
  /** Length of a side, in pixels. */
  side: number;
};

/** Explained class. */
export type TargetClass = {
  /** Index of the class in the bundle's list. */
  class: number;
  /** Name of the class. */
  label: string;
  /** Whether the request chose the class. Otherwise it is the class with the highest mean probability. */
  chosen: boolean;
};

/** Predictions of one peer, and its own map. */
export type PeerMap = {
  /** Index of the peer in the bundle, counted from 0. */
  peer: number;
  /** Id of the peer in the bundle. */
  id: string;
  /** Id of the peer's architecture. */
  architecture: string;
  /** Name of the peer, shown to people. */
  name: string;
  /** Five most probable classes, the best first. */
  top: Array<Prediction>;
  /** Class that the map is for, with the peer's probability. */
  target: Prediction;
  /** Whether the peer has the explained class. One that does not explains its own first class. */
  has_target: boolean;
  /** Layers that the method read, counted from 1. Empty if it reads the input. */
  layers: Array<number>;
  /** Values, row by row. */
  map: Float32Array;
  /** Whether the map was constant or had values that are not finite. All values of a blank map are 0. */
  blank: boolean;
};

/** Map of side x side values in 0..=1. JSON leaves out the values; programs write them as images. */
export type Map = {
  /** Values, row by row. */
  map: Float32Array;
  /** Whether the map was constant or had values that are not finite. All values of a blank map are 0. */
  blank: boolean;
};

/** Joint map at its own size, before it is resized to the networks' input. */
export type RawMap = {
  /** Height of the map. */
  rows: number;
  /** Width of the map. */
  columns: number;
  /** Values in 0..=1, row by row; zeros if the map is blank. Left out of JSON. */
  values: Float32Array;
};

/** Class with its probability. */
export type Prediction = {
  /** Index of the class in the bundle's list. */
  class: number;
  /** Name of the class, as the peer calls it. */
  label: string;
  /** Softmax probability, 0 to 1. */
  probability: number;
};

/** Region of the grid. */
export type Region = {
  /** Row, counted from 0 at the top. */
  row: number;
  /** Column, counted from 0 at the left. */
  column: number;
  /** Mean of Pearson's correlation over the pairs of peers, -1 to 1. A pair with a constant map counts as 0. */
  rho: number;
  /** Correlation of each pair of explained peers, in the order (0, 1), (0, 2), .. (1, 2), .. */
  pairs: Array<number>;
  /** Mean of each explained peer's map over the region, 0 to 1. */
  attention: Array<number>;
  /**
   * Who looks here: all explained peers, some or none. A peer looks at a region if its map has a mean of at least
   * [`LOOKS`] there. Only where all look is there something to compare.
   */
  looks: Looks;
  /** Whether a map is constant in the region, so that a pair has no correlation. */
  constant: boolean;
};

/** Who looks at a region. */
export type Looks = 'all' | 'some' | 'none';

/** What agreement like this was worth on test images. */
export type Trust = {
  /** One sentence: how often the brightest place lay on the object, or why that is not known. */
  sentence: string;
  /** What the sentence does not say, and what the test images were. */
  limits: string;
  /** The numbers of the sentence; none where it is not known. */
  estimate: TrustEstimate | null;
};

/** Numbers of a sentence about test images. */
export type TrustEstimate = {
  /** Log-odds that the statistics give. */
  score: number;
  /** Place of the score's step in the bundle's calibration, counted from 0. */
  step: number;
  /** Fraction of the test images of this step whose map had its brightest place on the object. */
  rate: number;
  /** Lower end of the 95 % interval (Wilson). */
  low: number;
  /** Upper end of the interval. */
  high: number;
  /** Number of test images of this step. */
  images: number;
  /** Rate, and lower and upper end of its interval, of every step, from low to high scores. */
  rates: Array<[number, number, number]>;
  /** Statistics of agreement that the score is made of, by their ids. */
  statistics: Record<string, number>;
};

/** Cost of an explanation in passes of single samples: a batch of eight counts as eight. */
export type Cost = {
  /** Passes from the input, including the one that all explanations of the image share. */
  forward: number;
  /** Passes resumed from a layer. */
  partial: number;
  /** Number of backward passes. */
  backward: number;
};

/** Time of one step. */
export type Timing = {
  /** Name of the step, shown to people. */
  name: string;
  /** Time in milliseconds. */
  ms: number;
};

/** Content of a file with networks, and guesses about them. */
export type NetworkInspection = {
  /** Kind of the file: `onnx` or `bundle`. */
  kind: 'onnx' | 'bundle';
  /** Networks in it: one for an ONNX file. */
  peers: Array<OwnPeer>;
  /** Presets of preprocessing to choose from. */
  presets: Array<Preset>;
};

/** One network of a file. */
export type OwnPeer = {
  /** Id of the peer. */
  id: string;
  /** Name shown to people. */
  name: string;
  /** Size, cost, head and layers of the network. */
  network: NetworkInfo;
  /** Preprocessing of the network's input. */
  preprocess: Preprocess;
  /** Id of the preset that has these values, if one has. */
  preset: string | null;
  /** Names of the classes, in the order of the logits. */
  labels: Array<string>;
  /** Origin of the names: the file or a person (`known`), or a guess (`imagenet`, `numbers`). */
  labels_are: 'known' | 'imagenet' | 'numbers';
};

/** A network that can be run. */
export type NetworkInfo = {
  /** Channels, height and width of its image. */
  input: [number, number, number];
  /** The number of classes. */
  classes: number;
  /** The number of weights. */
  parameters: number;
  /** Multiplications and additions, counted in pairs, of one pass over one image. */
  cost: number;
  /** What comes after the last layer: `linear`, `average` or `opaque`. */
  head: 'linear' | 'average' | 'opaque';
  /** The places that can be looked at, in order. */
  layers: Array<LayerInfo>;
  /** The layer that methods of one layer read by default, counted from 1. */
  target: number;
  /** The layers that methods of several layers read by default, counted from 1. */
  several: Array<number>;
};

/** A place of a network that can be looked at. */
export type LayerInfo = {
  /** Name of the layer. */
  name: string;
  /** Channels, height and width. */
  shape: Array<number>;
};

/** A way to prepare images that many networks share. */
export type Preset = {
  /** Id of the preset. */
  id: string;
  /** Other words for it. */
  aliases: Array<string>;
  /** The preset in a few words. */
  name: string;
  /** The mean of red, green and blue, where black is 0 and white is 1. */
  mean: [number, number, number];
  /** Numbers that the pixels are divided by after the mean is subtracted. */
  std: [number, number, number];
  /** Whether the network reads blue, green, red. */
  bgr: boolean;
};

/** The figures of one map. */
export type Measures = {
  /** One figure for each metric, or one for each masking. */
  figures: Array<Figure>;
  /** The curves of insertion and deletion. */
  curves: Array<Curve>;
  /** Milliseconds that measuring took. */
  ms: number;
  /** Passes from the image that measuring took. */
  forward: number;
};

/** One figure of one metric. */
export type Figure = {
  /** Metric that was measured. */
  id: string;
  /** How the map masked the image; none for a metric that masks nothing. */
  masking: Masking | null;
  /** The figure in the metric's unit; none where the metric does not apply, for want of a box, say. */
  value: number | null;
};

/** The curve that a figure is the area under. */
export type Curve = {
  /** Metric that was measured. */
  id: string;
  /** Fractions of the pixels, 0..=1. */
  x: Array<number>;
  /** The probability of the class at each of them. */
  y: Array<number>;
};

/** Result of cascading randomization. */
export type Sanity = {
  /** Depths of shuffling, from the classifier alone to the whole network. */
  layers: Array<Depth>;
  /**
   * Whether the map is still the same ([`UNCHANGED`]) when all weights are shuffled: then it says nothing of what
   * the networks have learned.
   */
  unchanged: boolean;
  /** Milliseconds that it took. */
  ms: number;
};

/** How alike the map is to that of the untouched networks when the weights from a depth on are shuffled. */
export type Depth = {
  /** Name of the first part that is shuffled; everything after it is shuffled, too. */
  name: string;
  /** The cut of each explained peer, counted from 0, the input: what is computed after it is shuffled. */
  after: Array<number>;
  /** Spearman's rank correlation, -1..=1; 0 if either map is constant. */
  spearman: number;
  /** Pearson's correlation, -1..=1; 0 if either map is constant. */
  pearson: number;
};

/**
 * Question to a forward pass: what would the networks answer if some places were hidden, or if nothing else were
 * visible? The places are those of `regions`, `boxes` and `brush` together.
 */
export type WhatIf = {
  /** Regions of the explanation's grid. */
  regions?: Array<RegionAt>;
  /** Boxes as fractions of the square that the networks see, 0 to 1: left, top, right and bottom. */
  boxes?: Array<[number, number, number, number]>;
  /**
   * Brushed places: a square of cells over what the networks see, row by row, 1 for a chosen cell and 0 for another.
   * Empty for none.
   */
  brush?: ArrayLike<number>;
  /** Whether the places are kept and the rest is hidden, instead of the places. */
  keep?: boolean;
  /** What replaces hidden pixels. */
  baseline?: Replacement;
  /** Whether the effect of hiding each region alone is measured, too. It takes a pass for each region and network. */
  effects?: boolean;
};

/** A region of the grid by its place. JSON may hold more fields, so the regions of an explanation can be passed on. */
export type RegionAt = {
  /** Row, counted from 0 at the top. */
  row: number;
  /** Column, counted from 0 at the left. */
  column: number;
};

/** What replaces hidden places. */
export type Replacement = 'black' | 'mean' | 'blurred' | 'imputed';

/** Answers of the networks before and after places are hidden. */
export type WhatIfResult = {
  /** Class that is explained in both answers. */
  target: TargetClass;
  /** Number of regions along a side of the grid. */
  grid: number;
  /** What replaced hidden pixels. */
  baseline: Replacement;
  /** Fraction of the pixels that was hidden, 0 to 1. */
  hidden: number;
  /** Explained peers, with their answers. */
  peers: Array<PeerAnswer>;
  /** Agreement of the peers' maps of the whole image, -1 to 1. `null` for one peer. */
  agreement_before: number | null;
  /** Agreement of their maps of the image with hidden places, -1 to 1. `null` for one peer. */
  agreement_after: number | null;
  /** What replaced the hidden pixels, as the peer with the largest input saw them. */
  patch: Patch;
  /** Time in milliseconds. */
  ms: number;
};

/** Answers of one peer. */
export type PeerAnswer = {
  /** Index of the peer in the bundle, counted from 0. */
  peer: number;
  /** Id of the peer in the bundle. */
  id: string;
  /** Name of the peer, shown to people. */
  name: string;
  /**
   * Index of the class that the figures of this peer are about: the target, or the peer's first class if it does not
   * have the target.
   */
  class: number;
  /** Name of that class. */
  label: string;
  /** Answer about the whole image. */
  before: Answer;
  /** Answer about the image with hidden places. */
  after: Answer;
  /** Effect of hiding each region alone in the whole image. `null` unless it was asked for. */
  effects: RegionEffects | null;
};

/** Answer of a peer about one image. */
export type Answer = {
  /** Softmax probability of the class, 0 to 1. */
  probability: number;
  /** Log-odds of the class: ln(p / (1 - p)). */
  log_odds: number;
  /** Five most probable classes, the best first. */
  top: Array<Prediction>;
};

/**
 * What hiding each region alone takes from the class: the figure for the whole image minus the one without the region.
 * Below 0 where hiding the region speaks for the class.
 */
export type RegionEffects = {
  /** Drop of the probability for each region, row by row. */
  probability: Array<number>;
  /** Drop of the log-odds for each region, row by row. */
  log_odds: Array<number>;
};

/** Image to lay over the square that the networks see: what replaced the hidden pixels, and nothing elsewhere. */
export type Patch = {
  /** Number of pixels along a side. */
  side: number;
  /**
   * Red, green, blue and alpha of every pixel, row by row. Alpha is 255 where a pixel is hidden, else 0. Left out of
   * JSON.
   */
  rgba: Uint8Array;
};

/** Description of a loaded bundle. */
export type BundleInfo = {
  /** Name shown to people. */
  name: string;
  /** sha256 of the file, 64 hexadecimal digits. */
  sha256: string;
  /** License of the weights, and their owner. */
  license: string;
  /** Origin of the weights. */
  source: string;
  /** Peers, in the order of their indices. */
  peers: Array<PeerInfo>;
  /**
   * Names of all peers' classes, matched by their names: those of the first peer in the order of its logits, then
   * those that only later peers have. Requests and results count classes by this list.
   */
  classes: Array<string>;
  /** Preprocessing of peers that have none of their own. Its crop is everybody's. */
  preprocess: Preprocess;
};

/** Description of one peer of a loaded bundle. */
export type PeerInfo = {
  /** Id of the peer in the bundle. */
  id: string;
  /** Id of the peer's architecture; `graph` for one that is not built in. */
  architecture: string;
  /** Name of the peer, shown to people. */
  name: string;
  /** Number of weights. */
  parameters: number;
  /** Preprocessing of the peer's input. */
  preprocess: Preprocess;
  /** Names of the peer's classes, in the order of its logits. JSON has their number. */
  classes: number;
  /**
   * End of the network: whether it is global average pooling and one `linear` classifier, pooling alone
   * (`average`), or anything else (`opaque`).
   */
  head: 'linear' | 'average' | 'opaque';
  /** Names of the layers that requests can choose. They count from 1. */
  layers: Array<string>;
  /** Layer that methods of one layer read by default, counted from 1. */
  target_layer: number;
};

/**
 * Cropping, scaling and normalization of an image for a network. A bundle carries the values.
 *
 * The center square, whose side is `crop` times the image's shorter side, is laid over white and scaled to `side` x
 * `side` by an antialiased bicubic filter (a = -0.5) on 8-bit values. Values x in 0..=1 become (x - mean) / std.
 */
export type Preprocess = {
  /** Side of the network's input, 16 to 2048 pixels. */
  side: number;
  /** Side of the center square as a fraction of the image's shorter side, above 0 and at most 1. */
  crop: number;
  /** Means of red, green and blue values in 0..=1. */
  mean: [number, number, number];
  /** Standard deviations of red, green and blue values in 0..=1. */
  std: [number, number, number];
  /** Whether the network reads blue, green and red instead of red, green and blue. */
  bgr?: boolean;
};

/**
 * Size and place of the square of an image that every network sees. The default is the center square of the bundle's
 * size.
 */
export type Framing = {
  /** Side of the square as a fraction of the image's shorter side, above 0 and at most 1; null for the bundle's. */
  crop?: number | null;
  /**
   * Place of the square from left, 0, to right, 1, as a fraction of the width that it leaves free; null for the
   * middle, 0.5.
   */
  across?: number | null;
  /**
   * Place of the square from top, 0, to bottom, 1, as a fraction of the height that it leaves free; null for the
   * middle, 0.5.
   */
  down?: number | null;
};

/** The explainer's catalog, the metrics and the maskings: what menus, choices and documentation are made from. */
export type Catalog = {
  /** The metrics in the order of tables. */
  metrics: Array<Metric>;
  /** The maskings, the protocol's primary one first. */
  maskings: Array<MaskingEntry>;
  /** What can replace places that are hidden in a what-if question, the default first. */
  baselines: Array<Choice>;
  /** Version of Peerlight. */
  version: string;
  /** Built-in architectures of networks. */
  architectures: Array<Named>;
  /** Methods of explanation, the mutual map first. */
  methods: Array<Method>;
  /** Settings that a program offers first: those of every request, of the mutual map and of the image's crop. */
  settings: Array<Setting>;
  /** Color maps, the default first. */
  colors: Array<Color>;
  /** Default look of a map over its image. */
  overlay: OverlayStyle;
  /** Error codes. */
  errors: Array<ErrorEntry>;
};

/** Entry of a menu. */
export type Named = {
  /** Identifier in requests and files. */
  id: string;
  /** Name shown to people. */
  name: string;
};

/**
 * Description of a method, shown on the page, by the command line and in the documentation.
 *
 * Write only what differs from [`Meta::DEFAULT`]:
 *
 */
export type Method = {
  /** Identifier in requests, in results and on the command line, such as `grad-cam`. */
  id: string;
  /** Name, as its authors write it. */
  name: string;
  /** Kind of the method. */
  family: Family;
  /** Formula of the map M. A_k is channel k of the layer, y the explained score, x the image. */
  formula: string;
  /** Source of the method: authors, title, venue and year. */
  paper: string;
  /** Address of the source, beginning with `https://`. */
  url: string;
  /** What the map shows, in one or two sentences. */
  shows: string;
  /** Limits of the map, in one to three sentences. */
  caveat: string;
  /** Layers that the method reads. */
  target_layer: TargetLayer;
  /** Whether negative values of the raw map are set to 0 (ReLU). */
  rectify: boolean;
  /** Whether the map needs the maps of all peers, even if one peer is explained. */
  joint: boolean;
  /** Rough cost with the default settings, in forward passes. Programs run cheap methods first. */
  passes: number;
  /** Table of the settings. */
  settings: Array<Setting>;
};

/** Kind of a method, by what it computes. */
export type Family = 'mutual' | 'activation' | 'gradient' | 'perturbation' | 'control';

/** Layers that a method reads from each peer. Peers may have different numbers of layers. */
export type TargetLayer = 'last' | 'one' | 'several' | 'input';

/** Setting as it stands in JSON. */
export type Setting = {
  /** Identifier in requests and on the command line. */
  id: string;
  /** Name shown to people. */
  name: string;
  /** Effect of the setting, in one or two sentences. */
  help: string;
  /** `number` or `choice`. */
  kind: 'choice' | 'number';
  /** Choices of a setting that is one. */
  choices?: Array<Choice>;
  /** Smallest number. */
  min?: number;
  /** Largest number. */
  max?: number;
  /** Whether numbers are rounded to whole ones. */
  whole?: boolean;
  /** Id of the default choice, or the default number in digits. */
  default: string;
};

/** Value that a setting can have. */
export type Choice = {
  /** Identifier in requests and on the command line. */
  id: string;
  /** Name shown to people. */
  name: string;
  /** Effect of the value, in one sentence. */
  help: string;
};

/**
 * A metric's texts, and what it needs.
 *
 * [`Meta::new`] gives the defaults and the other functions change one thing each:
 *
 */
export type Metric = {
  /** The id that files and programs use. */
  id: string;
  /** The name in the literature. */
  name: string;
  /** A shorter name, for the heads of columns and for one image, of which there is no average. */
  short: string;
  /** Which way is better. */
  better: Better;
  /** `%` if the figures are 0 to 100, else nothing. */
  unit: string;
  /** What the metric tells and what it does not. */
  help: string;
  /** Authors, title, venue and year. */
  paper: string;
  /**
   * Forward passes of one network that it takes, roughly, beside those that the metrics before it in the list share
   * with it.
   */
  passes: number;
  /** Whether it takes no more than a few passes of its own. */
  fast: boolean;
  /** Whether it asks the method for a second map. */
  again: boolean;
  /** Whether it needs boxes around what the image shows. */
  boxes: boolean;
  /** Whether it has a figure for each masking. */
  masked: boolean;
  /** Whether it asks only for the order of the map's pixels. */
  ordered: boolean;
};

/** Which way is better. */
export type Better = 'lower' | 'higher';

/** How a map masks an image. */
export type Masking = 'top50' | 'soft' | 'soft-normalised';

/** A masking's texts, as menus and documentation show them. */
export type MaskingEntry = {
  /** The id that files and programs use. */
  id: string;
  /** The name that people read. */
  name: string;
  /** What stays of the image and what replaces the rest. */
  help: string;
};

/** Color map with its lookup table. */
export type Color = {
  /** Identifier, such as `cividis`. */
  id: string;
  /** Name shown to people. */
  name: string;
  /** Lookup table of 256 colors from 0 to 1, three bytes each. Left out of JSON. */
  lut: Uint8Array;
};

/** Default look of an overlay. */
export type OverlayStyle = {
  /** Opacity of the black outside the square that the networks saw, 0 to 1. */
  dim: number;
  /** Opacity of the map over the square, 0 to 1. */
  opacity: number;
  /** Id of the color map. */
  color: string;
};

/** Error code with its help. */
export type ErrorEntry = {
  /** Stable code, such as `image-broken`. */
  code: ErrorCode;
  /** Meaning of the error and what to do about it. */
  help: string;
};

/** What to measure a map by. */
export type MeasureOptions = {
  /** Ids of the catalog's metrics; those of a few passes if left out. */ metrics?: Array<string>;
  /** Boxes of the class: left, top, right and bottom in pixels of the map. */
  boxes?: Array<[number, number, number, number]>;
};
