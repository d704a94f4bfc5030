/** Our engine without the client: the forward passes alone, and methods. */

let engine;
/**
 * What the engine looks at, open as number 0.
 * @type {[number, number, number, Uint8Array, { crop: number }, () => boolean]}
 */
let image;

const TASKS = {
  async open({ device, bundle, pixels, side }) {
    image = [0, side, side, pixels, { crop: 1 }, () => true];
    const glue = await import(`/pkg/wasm/${device}/peerlight.js`);
    await glue.default({ module_or_path: new URL(`/pkg/wasm/${device}/peerlight_bg.wasm`, location.href) });
    engine = await glue.Engine.open();
    await engine.load(new Uint8Array(await (await fetch(bundle)).arrayBuffer()));
  },
  forward: () => engine.time_ms(),
  /** Both networks' maps by one method, their forward passes included. */
  async method({ method }) {
    await engine.forward(...image);
    return (await engine.explain(0, { method }, () => true)).ms;
  },
};

self.onmessage = async ({ data }) => {
  try {
    postMessage({ value: await TASKS[data.type](data) });
  } catch (thrown) {
    postMessage({ error: String(thrown.message ?? thrown) });
  }
};
