/** Peerlight: where image classifiers look, and whether they agree. */

import type {
  BundleInfo,
  Catalog,
  DeviceKind,
  ErrorCode,
  Explanation,
  Framing,
  MeasureOptions,
  Measures,
  NetworkInspection,
  Request,
  Sanity,
  WhatIf,
  WhatIfResult,
} from './types.js';

export type * from './types.js';

/** A request, and the square of the image that the networks see. */
export type ImageRequest = Request & Framing;

export type DeviceWish = 'auto' | DeviceKind;

/** Every rejection of this package is one of these. `help` says what a person can do about it. */
export class PeerlightError extends Error {
  constructor(code: ErrorCode, message: string, help?: string);
  readonly code: ErrorCode;
  readonly help: string;
}

export interface Device {
  kind: DeviceKind;
  name: string;
  /** Whether it is a software adapter: WebGPU without a graphics card. */
  software: boolean;
  /** Why this device was taken, in a sentence. */
  reason: string;
}

/** How far opening is. Bytes for `weights`, `code` and `networks`; `total` is 0 while it is unknown. */
export interface OpenProgress {
  /** Downloading the networks, downloading the engine, checking the device, reading the networks. */
  stage: 'weights' | 'code' | 'device' | 'networks';
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

export interface Call {
  signal?: AbortSignal;
  onProgress?(step: Step): void;
}

/** A file: an address, or bytes. A `File` is read piece by piece and never held as a whole outside the engine. */
export type FileSource = string | URL | Blob | ArrayBuffer | ArrayBufferView;

/**
 * A file with networks of one's own: an ONNX file, or a bundle (safetensors) whose peers all take part. What is left
 * out is read from the file or guessed; `inspectNetwork` tells what was found.
 */
export interface Model {
  source: FileSource;
  /** Id of the peer: letters, digits and dashes. */
  id?: string;
  /** Name shown to people. */
  name?: string;
  /** Name of the file, for bytes that have none: the name where nothing else gives one. */
  file?: string;
  /** Names of the classes in the order of the logits: a list, a file of them, the text of one, or `'none'`. */
  labels?: string[] | string | Blob;
  /** Id of a preset (`torchvision`, `tf`, `0..1`, `0..255`, `caffe`), or values; red, green and blue go from 0 to 1. */
  preprocess?: string | { preset?: string; mean?: number[]; std?: number[]; crop?: number; channels?: 'rgb' | 'bgr' };
  /** Height and width of the image, where the network takes any. */
  size?: number;
  /** Name of the output with the logits, where there are several. */
  output?: string;
  /** JSON that came with the network: these options, or a file of timm's or Hugging Face's. */
  beside?: string | Blob;
  /** Of a bundle, the ids of the peers that take part. */
  peers?: string[];
}

/** Give either `bundle` or `models`. */
export interface OpenOptions {
  /** A file that `peerlight import` or `peerlight train` made. */
  bundle?: FileSource;
  /** 1 to 8 files of at most 500 MB each. */
  models?: Model[];
  /** Expected SHA-256 of the bundle in hex. With it the download is verified and kept in the browser's cache. */
  sha256?: string;
  /** Expected size of the bundle, for exact progress. */
  bytes?: number;
  device?: DeviceWish;
  signal?: AbortSignal;
  onProgress?(progress: OpenProgress): void;
  /** Called whenever another device takes over. */
  onDevice?(device: Device): void;
  /**
   * Called where weights that the browser's cache kept, and that were taken as they had been verified, turn out to be
   * spoilt when they are hashed behind the first answer. What was answered may be wrong; the next call downloads them
   * anew.
   */
  onSpoilt?(error: PeerlightError): void;
  /**
   * The folder from which the files of this package are served, where the bundler does not move the worker and its
   * WebAssembly by itself.
   */
  base?: string | URL;
  /**
   * Starts a worker on `worker.js`, where the default (loaded from its own address) does not suit, such as to give it
   * the page's security policy.
   */
  spawn?(kind: DeviceKind): Worker;
}

/**
 * An image: a file or its bytes, pixels, or an element that shows one. An element's pixels are those of the moment of
 * the call. The networks run only once over the same `Blob` or `File`; all the rest may change between two calls.
 */
export type Source =
  | Blob
  | ImageData
  | ImageBitmap
  | HTMLImageElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | HTMLVideoElement
  | VideoFrame
  | ArrayBuffer
  | ArrayBufferView;

/** Calls wait their turn. Only its own signal cancels a call. */
export interface Engine {
  readonly info: BundleInfo;
  readonly device: Device;
  readonly catalog: Catalog;
  /** Explains an image: by the mutual map of all networks, unless the request says otherwise. */
  explain(source: Source, request?: ImageRequest, call?: Call): Promise<Explanation>;
  /** How faithful a map is. The maps of the last 64 requests for an image are kept; any other is made first. */
  measure(source: Source, request?: ImageRequest, options?: MeasureOptions, call?: Call): Promise<Measures>;
  /** What the networks would answer if places of the image were hidden, or if they alone were visible. */
  whatIf(source: Source, question: WhatIf, request?: ImageRequest, call?: Call): Promise<WhatIfResult>;
  /** Whether a map depends on the networks' weights. */
  sanity(source: Source, request?: ImageRequest, call?: Call): Promise<Sanity>;
  /**
   * The classes that folders of images, or the cells of a table, are named after, as the command line finds them: by
   * their names, indices or WordNet ids (`n01440764`). Null for a name of no class or of several.
   */
  findClasses(names: string[], call?: Call): Promise<(number | null)[]>;
  /**
   * Decodes an image and has every network see it. It stays open, beside others, until it is closed: what is asked of
   * it then starts from there. The engine itself keeps only the image that it was asked about last.
   */
  prepare(source: Source, options?: Framing, call?: Call): Promise<PreparedImage>;
  /**
   * Moves to another device, and resolves with the one in use: when it cannot be had, the old one stays and `reason`
   * says why.
   */
  use(wish: DeviceWish, options?: { signal?: AbortSignal; onProgress?(progress: OpenProgress): void }): Promise<Device>;
  close(): void;
}

/** An image that stays open until it is closed. `width` and `height` are its own, in pixels. */
export interface PreparedImage {
  readonly width: number;
  readonly height: number;
  explain(request?: Request, call?: Call): Promise<Explanation>;
  measure(request?: Request, options?: MeasureOptions, call?: Call): Promise<Measures>;
  whatIf(question: WhatIf, request?: Request, call?: Call): Promise<WhatIfResult>;
  sanity(request?: Request, call?: Call): Promise<Sanity>;
  /** Frees what the engine keeps of it. Closing twice does no harm. */
  close(): void;
}

export function openEngine(options: OpenOptions): Promise<Engine>;

export interface InspectOptions {
  signal?: AbortSignal;
  onProgress?(progress: OpenProgress): void;
  /** As that of `openEngine`. */
  base?: string | URL;
  /** As that of `openEngine`. */
  spawn?(kind: DeviceKind): Worker;
}

/**
 * Says what is in a file with a network, and what is guessed of it. It runs in a worker of its own and needs no
 * engine. Rejects a file that cannot be used, with the operation, the node's name and what to do about it.
 */
export function inspectNetwork(model: Model, options?: InspectOptions): Promise<NetworkInspection>;

export interface BundleEntry {
  id: string;
  name: string;
  /** What to know of these networks before reading their agreement; may be empty. */
  note: string;
  url: URL;
  bytes: number;
  sha256: string;
}

/** Reads a list of bundles (`models/index.json`) and returns one entry, the default one unless `id` is given. */
export function findBundle(index: string | URL, id?: string, options?: { signal?: AbortSignal }): Promise<BundleEntry>;

/** Reads a list of bundles: all entries, and the id of the default one. */
export function listBundles(
  index: string | URL,
  options?: { signal?: AbortSignal },
): Promise<{ standard: string; bundles: BundleEntry[] }>;

/**
 * The text of a file of labels or of a table: UTF-8, or with a byte order mark UTF-16. Rejects what is neither with
 * `ask-invalid`.
 */
export function readText(file: Blob): Promise<string>;

/** The kind and size of an image file, from its first bytes alone. Rejects what cannot or should not be decoded. */
export function inspect(file: Blob): Promise<{ format: string; width: number; height: number }>;

/**
 * Decodes for display: upright, first frame only, drawn down to at most `pixels`. `width` and `height` are the image's
 * own.
 */
export function preview(file: Blob, pixels?: number): Promise<{ bitmap: ImageBitmap; width: number; height: number }>;
