/** Our engine without the client, for the forward passes alone. */

let engine;

const TASKS = {
  async open({ device, bundle }) {
    const glue = await import(`/pkg/wasm/${device}/peerlight.js`);
    await glue.default({ module_or_path: new URL(`/pkg/wasm/${device}/peerlight_bg.wasm`, location.href) });
    engine = await glue.Engine.open();
    await engine.load(new Uint8Array(await (await fetch(bundle)).arrayBuffer()));
  },
  forward: () => engine.time_ms(),
};

self.onmessage = async ({ data }) => {
  try {
    postMessage({ value: await TASKS[data.type](data) });
  } catch (thrown) {
    postMessage({ error: String(thrown.message ?? thrown) });
  }
};
