/** Peerlight: what two image classifiers look at, and where they agree. */

export type DeviceKind = 'cpu' | 'webgpu';
export type DeviceWish = 'auto' | DeviceKind;

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

/** Every rejection of this package is one of these. `help` says what a person can do about it. */
export class PeerlightError extends Error {
  constructor(code: ErrorCode, message: string, help?: string);
  readonly code: ErrorCode;
  readonly help: string;
}

export interface Device {
  kind: DeviceKind;
  name: string;
  /** A software adapter: WebGPU without a graphics card. */
  software: boolean;
  /** Why this device was taken, in one sentence. */
  reason: string;
}

/** Where opening stands. Bytes for `weights` and `code`; `total` is 0 while it is unknown. */
export interface OpenProgress {
  stage: 'weights' | 'code' | 'device';
  loaded: number;
  total: number;
  text: string;
}

/** A checkpoint of one job. */
export interface Step {
  name: string;
  done: number;
  total: number;
}

export interface BundleInfo {
  name: string;
  sha256: string;
  license: string;
  peers: { id: string; backbone: string; name: string; parameters: number }[];
  classes: string[];
  preprocess: { side: number; crop: number; mean: number[]; std: number[] };
}

export interface Color {
  id: string;
  name: string;
  /** 256 colors, three bytes each. */
  lut: Uint8Array;
}

export interface Setting {
  id: string;
  name: string;
  help: string;
  kind: 'choice' | 'number';
  choices?: { id: string | number; name: string; help: string }[];
  min?: number;
  max?: number;
  /** The id of a choice, or a number, perhaps in digits. */
  default: string | number;
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
  /** What it reads: the last stage, a stage or several that are fused, several at once, or the image. */
  reads: 'head' | 'block' | 'several' | 'image';
  /** One map for all networks together. */
  joint: boolean;
  /** What it is worth in forward passes of one network, roughly and by default. */
  passes: number;
  settings: Setting[];
}

/** A figure that tells how faithful a map is. */
export interface Metric {
  id: string;
  name: string;
  better: 'lower' | 'higher';
  /** `%` for 0 to 100; empty for a fraction. */
  unit: string;
  help: string;
  paper: string;
  /** It asks whether the map lies in a box. */
  boxes: boolean;
  /** Forward passes of one network that it takes beside those it shares with the metrics before it, roughly. */
  passes: number;
  /** It asks the method for a second map. */
  again: boolean;
}

export interface Catalog {
  version: string;
  colors: Color[];
  /**
   * How a map is painted where nothing else is chosen: the opacity of the black outside the square that the networks
   * saw, the opacity of the map, and the id of the color map.
   */
  overlay: { dim: number; opacity: number; color: string };
  settings: Setting[];
  methods: Method[];
  metrics: Metric[];
  /** How the metrics mask the image; the first unless chosen. */
  maskings: { id: string; name: string; help: string }[];
  architectures?: { id: string; name: string }[];
  /** The old name of `architectures`. */
  backbones: { id: string; name: string }[];
  errors: { code: string; help: string }[];
}

/** What to explain and how. Everything left out takes the catalog's default. */
export interface Ask {
  /** Regions a side, 2 to 14. */
  grid?: number;
  /** A class index, or null for the class the peers agree on. */
  target?: number | null;
  evidence?: 'attention' | 'class' | 'guided';
  power?: number;
  stages?: number[] | null;
  fuse?: 'mean' | 'geometric' | 'product';
  weight?: 'agreement' | 'uniform';
  /** The power that the mutual map is raised to, 0.5 to 4. */
  exponent?: number;
  /** The old name of `exponent`. */
  contrast?: number;
  crop?: number;
}

export interface Ranked {
  class: number;
  label: string;
  probability: number;
}

export interface PeerMap {
  /** Its place in the bundle, counted from 0. */
  peer: number;
  id: string;
  architecture: string;
  /** The old name of `architecture`. */
  backbone: string;
  name: string;
  top: Ranked[];
  target: Ranked;
  /** `side * side` values in 0..1, row by row. */
  map: Float32Array;
  /** The map carries nothing: every value is the same. */
  blank: boolean;
}

export interface Region {
  row: number;
  column: number;
  /** Pearson's correlation of the peers' maps in this region, -1..1. */
  rho: number;
  /** The same for each pair of peers. */
  pairs: number[];
  /** Each peer's mean attention here. */
  attention: number[];
  /** One of the maps is flat here, so there is no correlation; rho is 0. */
  constant: boolean;
}

export interface Explanation {
  version: 2;
  device: string;
  bundle: { name: string; sha256: string };
  /** The crop square, in image pixels: every map covers exactly this square. */
  image: { width: number; height: number; crop: { x: number; y: number; side: number } };
  settings: Required<Ask>;
  target: { class: number; label: string; chosen: boolean };
  side: number;
  peers: PeerMap[];
  mutual: { map: Float32Array; blank: boolean };
  /** Mean rho over the regions. */
  agreement: number;
  regions: Region[];
  timings: { name: string; ms: number }[];
}

/** One method's map of an image, and of which class. Everything left out takes the catalog's default. */
export interface MethodRequest {
  method: string;
  settings?: Record<string, number | string>;
  /** Counted from 1. */
  layers?: number[] | null;
  /** The old name of `layers`. */
  stages?: number[] | null;
  /** A network, counted from 0, or null for the mean of all. */
  peer?: number | null;
  /** A class index, or null for the class that these networks think likeliest. */
  target?: number | null;
  /** What speaks for the target rather than for this class: its score, less `weight` (1) times this one's. */
  versus?: { class: number; weight?: number } | null;
  /** The old name of `versus`. */
  contrast?: { class: number; gamma?: number } | null;
  /** Regions a side, over which the networks' maps are compared. */
  grid?: number;
  /** As in `Ask`. */
  crop?: number | null;
}

export interface Attribution {
  method: string;
  name: string;
  peers: PeerMap[];
  /** Mean rho over the regions; null for one network. */
  agreement: number | null;
  regions: Region[];
  target: { class: number; label: string; chosen: boolean };
  contrast: { class: number; gamma: number } | null;
  /** Counted from 1; none where the method reads the image or chooses by itself. */
  stages: number[];
  /** The map as the method makes it, before it is resized. */
  native: { rows: number; columns: number; values: Float32Array };
  side: number;
  /** `side * side` values in 0..1, row by row. */
  map: Float32Array;
  /** The map carries nothing: every value is the same, or none is a number. It is all zeros. */
  blank: boolean;
  /** Every number that the method made was one; otherwise the map is blank. */
  finite: boolean;
  /** Whole passes from the image, passes resumed from a stage, and backward passes. */
  cost: { forward: number; partial: number; backward: number };
  ms: number;
}

export interface MeasureOptions {
  /** Ids of the catalog's metrics; all of them if left out. */
  metrics?: string[];
  /** Where the object is: left, top, right and bottom in pixels of the map, 0 to `side`. */
  boxes?: [number, number, number, number][];
}

export interface Figure {
  id: string;
  /** How the image was masked, for figures that come in several variants. */
  masking: string | null;
  /** Null where there is none, such as a share of a box without a box. */
  value: number | null;
}

export interface Curve {
  id: string;
  /** Shares of the pixels, 0 to 1. */
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

/** A map against the same method's maps after more and more of the network's weights were shuffled. */
export interface Sanity {
  layers: { name: string; spearman: number; pearson: number }[];
  /** The map does not depend on what the network has learnt. */
  unchanged: boolean;
  ms: number;
}

export interface Call {
  signal?: AbortSignal;
  onProgress?(step: Step): void;
}

export interface OpenOptions {
  /** Address of a weights file, or its bytes. */
  bundle: string | URL | Uint8Array;
  /** Expected SHA-256 in hex. With it the download is verified and kept in the browser's cache. */
  sha256?: string;
  /** Expected size, for exact progress. */
  bytes?: number;
  device?: DeviceWish;
  signal?: AbortSignal;
  onProgress?(progress: OpenProgress): void;
  /** Called whenever another device takes over. */
  onDevice?(device: Device): void;
  /** Starts a worker on `worker.js`, where the default (loaded from its own address) does not suit, such as to give it the page's security policy. */
  spawn?(kind: DeviceKind): Worker;
}

export type Source = Blob | ImageData | ImageBitmap;

export interface Engine {
  readonly info: BundleInfo;
  readonly device: Device;
  readonly catalog: Catalog;
  /** Explains an image. The latest call wins: an older one still under way rejects with `cancelled`. */
  explain(source: Source, ask?: Ask, call?: Call): Promise<Explanation>;
  /** One method's map. Calls of this and the next two wait their turn; only their own signal cancels them. */
  attribute(source: Source, request: MethodRequest, call?: Call): Promise<Attribution>;
  /** How faithful that map is. The map of the last request is kept, any other is made first. */
  measure(source: Source, request: MethodRequest, options?: MeasureOptions, call?: Call): Promise<Measures>;
  /** Whether that map depends on the network's weights. */
  sanity(source: Source, request: MethodRequest, call?: Call): Promise<Sanity>;
  /** Moves to another device, and resolves with the one in use: when it cannot be had, the old one stays and `reason` says why. */
  use(wish: DeviceWish, options?: { signal?: AbortSignal; onProgress?(progress: OpenProgress): void }): Promise<Device>;
  close(): void;
}

export function openEngine(options: OpenOptions): Promise<Engine>;

export interface BundleEntry {
  id: string;
  name: string;
  url: URL;
  bytes: number;
  sha256: string;
}

/** Reads a list of bundles (`models/index.json`) and returns one entry, the default one unless `id` is given. */
export function findBundle(index: string | URL, id?: string, options?: { signal?: AbortSignal }): Promise<BundleEntry>;

/** The kind and size of an image file, from its first bytes alone. Rejects what cannot or should not be decoded. */
export function inspect(file: Blob): Promise<{ format: string; width: number; height: number }>;

/** Decodes for display, upright, first frame only, drawn down to at most `pixels`. `width` and `height` are the image's own. */
export function preview(file: Blob, pixels?: number): Promise<{ bitmap: ImageBitmap; width: number; height: number }>;
