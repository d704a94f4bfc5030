/** Peerlight: where image classifiers look, and whether they agree. */

import type {
  BundleInfo,
  Catalog,
  DeviceKind,
  ErrorCode,
  Explanation,
  MeasureOptions,
  Measures,
  Request,
  Sanity,
  WhatIf,
  WhatIfResult,
} from './types.js';

export type * from './types.js';

/** A request, and the part of the image that the networks see. */
export type ImageRequest = Request & {
  /** The side of the center square as a fraction of the image's shorter side; null for what the bundle says. */
  crop?: number | null;
};

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

/** How far opening is. Bytes for `weights` and `code`; `total` is 0 while it is unknown. */
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

export interface Call {
  signal?: AbortSignal;
  onProgress?(step: Step): void;
}

export interface OpenOptions {
  /** Address of a weights file, or its bytes. */
  bundle: string | URL | Blob | ArrayBuffer | ArrayBufferView;
  /** Expected SHA-256 in hex. With it the download is verified and kept in the browser's cache. */
  sha256?: string;
  /** Expected size, for exact progress. */
  bytes?: number;
  device?: DeviceWish;
  signal?: AbortSignal;
  onProgress?(progress: OpenProgress): void;
  /** Called whenever another device takes over. */
  onDevice?(device: Device): void;
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
   * Decodes an image and has every network see it. It stays open, beside others, until it is closed: what is asked of
   * it then starts from there. The engine itself keeps only the image that it was asked about last.
   */
  prepare(source: Source, options?: { crop?: number | null }, call?: Call): Promise<PreparedImage>;
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

/** The kind and size of an image file, from its first bytes alone. Rejects what cannot or should not be decoded. */
export function inspect(file: Blob): Promise<{ format: string; width: number; height: number }>;

/**
 * Decodes for display: upright, first frame only, drawn down to at most `pixels`. `width` and `height` are the image's
 * own.
 */
export function preview(file: Blob, pixels?: number): Promise<{ bitmap: ImageBitmap; width: number; height: number }>;
