/** What the engine gives and takes: the types of the Rust crates, as they stand in JSON. */

export type DeviceKind = 'cpu' | 'webgpu';

export type ErrorCode =
  | 'image-empty'
  | 'image-too-large'
  | 'image-broken'
  | 'bundle-truncated'
  | 'bundle-invalid'
  | 'bundle-hash'
  | 'bundle-version'
  | 'ask-invalid'
  | 'device-unavailable'
  | 'device-self-test'
  | 'device-lost'
  | 'out-of-memory'
  | 'cancelled'
  | 'download-failed'
  | 'crashed'
  | 'internal';

/** What can be chosen, and what it is called. */
export interface Catalog {
  version: string;
  colors: Color[];
  /** What a page offers at first sight: the request's `grid` and `crop`, and the settings of the mutual map. */
  settings: Setting[];
  methods: Method[];
  metrics: Metric[];
  /** How the metrics mask the image; the first unless chosen. */
  maskings: Choice[];
  architectures: { id: string; name: string }[];
  errors: { code: ErrorCode; help: string }[];
  /** How an overlay is painted unless chosen otherwise: a color's id, its opacity, and how dark the rest is. */
  overlay?: { color: string; opacity: number; dim: number };
}

export interface Color {
  id: string;
  name: string;
  /** 256 colors, three bytes each. */
  lut: Uint8Array;
}

export interface Choice {
  id: string;
  name: string;
  help: string;
}

export interface Setting {
  id: string;
  name: string;
  help: string;
  kind: 'choice' | 'number';
  choices?: Choice[];
  min?: number;
  max?: number;
  /** Whether only whole numbers are allowed. */
  whole?: boolean;
  /** The id of a choice, or a number in digits. */
  default: string;
}

/** A method of explanation. */
export interface Method {
  id: string;
  name: string;
  /** `control`: no explanation, but what an explanation has to beat. */
  family: 'mutual' | 'activation' | 'gradient' | 'perturbation' | 'control';
  formula: string;
  paper: string;
  url: string;
  shows: string;
  /** What it does not show. */
  caveat: string;
  /** The layers that it reads: the last one; one, or several that are fused; several at once; or the input. */
  target_layer: 'last' | 'one' | 'several' | 'input';
  /** Whether negative values of the raw map count as 0. */
  rectify: boolean;
  /** Whether the map is about all networks together. */
  joint: boolean;
  /** Roughly what it costs, in forward passes of one network, with the default settings. */
  passes: number;
  settings: Setting[];
}

/** A score that tells how faithful a map is. */
export interface Metric {
  id: string;
  name: string;
  better: 'lower' | 'higher';
  /** `%` for 0 to 100; empty for a fraction. */
  unit: string;
  help: string;
  paper: string;
  /** Whether it asks if the map lies in a box. */
  boxes: boolean;
  /** Roughly its forward passes of one network, besides those that it shares with the metrics before it. */
  passes: number;
  /** Whether it asks the method for a second map. */
  again: boolean;
  /** Whether it takes so few passes that every map can be measured unasked. */
  fast?: boolean;
}

export interface BundleInfo {
  name: string;
  sha256: string;
  license: string;
  /** Where the weights come from. */
  source: string;
  peers: { id: string; architecture: string; name: string; parameters: number }[];
  /** In the order of the logits. */
  classes: string[];
  preprocess: { side: number; crop: number; mean: number[]; std: number[] };
}

/** What to explain and how. Everything that is left out takes its default. */
export interface Request {
  /** The id of a method; `mutual` unless chosen. */
  method?: string;
  /** The method's settings by their ids. */
  settings?: Record<string, number | string>;
  /** The layers that the method reads, counted from 1; null for the method's own choice. */
  layers?: number[] | null;
  /** A network, counted from 0; null for all. */
  peer?: number | null;
  /** A class; null for the one with the highest average probability of the explained networks. */
  target?: number | null;
  /** A class that is told from the target: its score, times `weight` (1), is taken from the target's. */
  versus?: { class: number; weight?: number } | null;
  /** Regions per side, 1 to 56, in which the networks' maps are compared. */
  grid?: number;
  /** The side of the center square that the networks see, as a fraction of the image's shorter side. */
  crop?: number | null;
}

/** One image explained by one method. */
export interface Explanation {
  version: 2;
  device: string;
  bundle: { name: string; sha256: string };
  /** `crop`: the square that the networks saw, in image pixels. Every map covers exactly this square. */
  image: { width: number; height: number; crop: { x: number; y: number; side: number } };
  method: string;
  /** The method's name. */
  name: string;
  /** Every setting of the method with its value. */
  settings: Record<string, number | string>;
  target: { class: number; label: string; chosen: boolean };
  versus: { class: number; weight: number } | null;
  /** The side of every map in pixels. */
  side: number;
  peers: PeerMap[];
  /** The map of all explained networks together: `side * side` values from 0 to 1, row by row. */
  map: Float32Array;
  /** Whether the map carries nothing: every value is the same, or not a number. It is then all zeros. */
  blank: boolean;
  /** The map before it is resized. */
  raw: { rows: number; columns: number; values: Float32Array };
  /** Whether every number that the method made was finite; otherwise the map is blank. */
  finite: boolean;
  /** The average correlation over the regions; null for one network. */
  agreement: number | null;
  /** Row by row; none for one network. */
  regions: Region[];
  /** Regions per side. */
  grid: number;
  /** Whole passes, passes resumed from a layer, and backward passes. */
  cost: { forward: number; partial: number; backward: number };
  ms: number;
  timings: { name: string; ms: number }[];
}

/** What one network recognized, and its own map. */
export interface PeerMap {
  /** Its place in the bundle, counted from 0. */
  peer: number;
  id: string;
  architecture: string;
  name: string;
  /** Its five most probable classes. */
  top: Prediction[];
  /** The explained class. */
  target: Prediction;
  /** The layers that were read, counted from 1; none if the method reads the input. */
  layers: number[];
  /** `side * side` values from 0 to 1, row by row. */
  map: Float32Array;
  blank: boolean;
}

export interface Prediction {
  class: number;
  label: string;
  probability: number;
}

export interface Region {
  row: number;
  column: number;
  /** Pearson's correlation of the networks' maps in this region, −1 to 1; the mean over all pairs of networks. */
  rho: number;
  /** The same for each pair. */
  pairs: number[];
  /** The mean of each network's map. */
  attention: number[];
  /** Whether one of the maps is flat here, so that there is no correlation; rho is then 0. */
  constant: boolean;
}

export interface MeasureOptions {
  /** Ids of the catalog's metrics; all of them if left out. */
  metrics?: string[];
  /** Where the object is: left, top, right and bottom in pixels of the map, 0 to `side`. */
  boxes?: [number, number, number, number][];
}

export interface Figure {
  /** The metric's. */
  id: string;
  /** How the image was masked, for metrics that come in several variants. */
  masking: string | null;
  /** Null where there is none, such as a fraction of a box without a box. */
  value: number | null;
}

export interface Curve {
  /** The metric's. */
  id: string;
  /** Fractions of the pixels, 0 to 1. */
  x: number[];
  /** Probabilities of the target. */
  y: number[];
}

export interface Measures {
  figures: Figure[];
  curves: Curve[];
  ms: number;
  forward: number;
}

/** A map compared with the same method's maps after more and more of the network's weights were shuffled. */
export interface Sanity {
  layers: { name: string; after: number[]; spearman: number; pearson: number }[];
  /** Whether the map does not depend on what the network has learned. */
  unchanged: boolean;
  ms: number;
}
