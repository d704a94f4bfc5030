/** onnxruntime-web, one thread with SIMD or WebGPU, in a worker as ours is. */

let ort;
let sessions;

const TASKS = {
  async open({ device, models }) {
    ort = await import(device === 'webgpu' ? '/ort/ort.webgpu.min.mjs' : '/ort/ort.wasm.min.mjs');
    ort.env.wasm.wasmPaths = '/ort/';
    ort.env.wasm.numThreads = 1;
    const options = { executionProviders: [device === 'webgpu' ? 'webgpu' : 'wasm'], graphOptimizationLevel: 'all' };
    sessions = [];
    for (const model of models) sessions.push(await ort.InferenceSession.create(model, options));
  },
  /** The class that each net finds likeliest. */
  async forward({ tensor }) {
    const classes = [];
    for (const session of sessions) {
      const { logits } = await session.run({ image: new ort.Tensor('float32', tensor, [1, 3, 224, 224]) });
      const values = await logits.getData();
      classes.push(values.indexOf(Math.max(...values)));
    }
    return classes;
  },
};

self.onmessage = async ({ data }) => {
  try {
    postMessage({ value: await TASKS[data.type](data) });
  } catch (thrown) {
    postMessage({ error: String(thrown.message ?? thrown) });
  }
};
