/**
 * How a map is painted over the image: by which color map, how opaque, and how dark the image around it is. These are
 * the defaults until the engine's catalog brings its own.
 */
export const OVERLAY = { color: 'cividis', opacity: 0.6, dim: 0.45 };
