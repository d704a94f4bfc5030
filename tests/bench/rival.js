/** onnxruntime-web, one thread with SIMD or WebGPU, in a worker as ours is. */

let ort;
let sessions;
let options;

/** @param {Float32Array} tensor */
function run(tensor, session = sessions[0]) {
  return session.run({ image: new ort.Tensor('float32', tensor, [1, 3, 224, 224]) });
}

const TASKS = {
  async open({ device, models }) {
    ort = await import(device === 'webgpu' ? '/ort/ort.webgpu.min.mjs' : '/ort/ort.wasm.min.mjs');
    ort.env.wasm.wasmPaths = '/ort/';
    ort.env.wasm.numThreads = 1;
    options = { executionProviders: [device === 'webgpu' ? 'webgpu' : 'wasm'], graphOptimizationLevel: 'all' };
    sessions = [];
    for (const model of models) sessions.push(await ort.InferenceSession.create(model, options));
  },
  /** A session from the bytes of a file. */
  async create({ bytes }) {
    sessions = [await ort.InferenceSession.create(bytes, options)];
  },
  /** The class that each net finds likeliest. */
  async forward({ tensor }) {
    const classes = [];
    for (const session of sessions) {
      const { logits } = await run(tensor, session);
      const values = await logits.getData();
      classes.push(values.indexOf(Math.max(...values)));
    }
    return classes;
  },
  /** Milliseconds of a run of the first net, as our engine takes its own: the median of three, after a first one. */
  async time({ tensor }) {
    await run(tensor);
    const times = [];
    for (let i = 0; i < 3; i += 1) {
      const start = performance.now();
      await run(tensor);
      times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b)[1];
  },
};

self.onmessage = async ({ data }) => {
  try {
    postMessage({ value: await TASKS[data.type](data) });
  } catch (thrown) {
    postMessage({ error: String(thrown.message ?? thrown) });
  }
};
