/** Peerlight: what two image classifiers look at, and where they agree. */

export type DeviceKind = 'cpu' | 'webgpu';
export type DeviceWish = 'auto' | DeviceKind;

export type ErrorCode =
  | 'image-empty' | 'image-too-large' | 'image-broken'
  | 'bundle-truncated' | 'bundle-invalid' | 'bundle-hash' | 'bundle-version'
  | 'ask-invalid'
  | 'device-unavailable' | 'device-self-test' | 'device-lost'
  | 'out-of-memory' | 'cancelled' | 'download-failed' | 'crashed';

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

/** A checkpoint of one explanation. */
export interface Step {
  name: string;
  done: number;
  total: number;
}

export interface BundleInfo {
  name: string;
  sha256: string;
  licence: string;
  peers: { id: string; backbone: string; name: string; parameters: number }[];
  classes: string[];
  preprocess: { side: number; crop: number; mean: number[]; std: number[] };
}

export interface Colour {
  id: string;
  name: string;
  /** 256 colours, three bytes each. */
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

export interface Catalog {
  version: string;
  colours: Colour[];
  settings: Setting[];
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
  power?: 1 | 2;
  stages?: number[] | null;
  fuse?: 'mean' | 'geometric' | 'product';
  weight?: 'agreement' | 'uniform';
  crop?: number;
}

export interface Ranked {
  class: number;
  label: string;
  probability: number;
}

export interface PeerMap {
  id: string;
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
  version: 1;
  device: string;
  bundle: { name: string; sha256: string };
  /** The crop square, in photo pixels: every map covers exactly this square. */
  photo: { width: number; height: number; crop: { x: number; y: number; side: number } };
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
  /** Explains a picture. The latest call wins: an older one still under way rejects with `cancelled`. */
  explain(source: Source, ask?: Ask, options?: { signal?: AbortSignal; onProgress?(step: Step): void }): Promise<Explanation>;
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

/** The kind and size of a picture file, from its first bytes alone. Rejects what cannot or should not be decoded. */
export function inspect(file: Blob): Promise<{ format: string; width: number; height: number }>;

/** Decodes for display, upright, first frame only, drawn down to at most `pixels`. `width` and `height` are the photo's own. */
export function preview(file: Blob, pixels?: number): Promise<{ bitmap: ImageBitmap; width: number; height: number }>;
