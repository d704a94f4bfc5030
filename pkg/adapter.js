/** @import { DeviceWish } from './index.js' */

/**
 * @typedef {{ missing: string } | { software: boolean, name: string }} Adapter
 * @typedef {{ isFallbackAdapter?: boolean, vendor?: string, architecture?: string, description?: string }} GpuInfo
 * @typedef {{ info?: GpuInfo, isFallbackAdapter?: boolean }} GpuAdapter
 */

/**
 * Looks for WebGPU before any of its code is fetched.
 * @returns {Promise<Adapter>}
 */
export async function findAdapter() {
  const gpu = /** @type {{ gpu?: { requestAdapter(o?: object): Promise<GpuAdapter | null> } }} */ (
    /** @type {unknown} */ (globalThis.navigator)
  )?.gpu;
  if (!gpu) return { missing: 'This browser has no WebGPU.' };
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  if (!adapter) return { missing: 'This browser offers no WebGPU adapter.' };
  const { vendor = '', architecture = '', description = '', isFallbackAdapter } = adapter.info ?? {};
  const named = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i.test(`${vendor} ${architecture} ${description}`);
  return {
    software: Boolean(isFallbackAdapter ?? adapter.isFallbackAdapter) || named,
    name: description || `${vendor} ${architecture}`.trim(),
  };
}

/** @param {DeviceWish} wish */
export const explainChoice = (wish) =>
  wish === 'cpu' ? 'Chosen by you.' : 'It starts fastest. Peerlight is looking for a graphics device.';
