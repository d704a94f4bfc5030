/**
 * A shader that fails validation is no error in the browser: the pass is skipped and stale data comes back.
 * So every module, every uncaptured error and the loss of the device are watched.
 * @param {(code: 'device-self-test' | 'device-lost', message: string) => void} report
 */
export function watchGpu(report) {
  const scope = /** @type {Record<string, any>} */ (/** @type {unknown} */ (globalThis));
  const { GPUDevice, GPUAdapter } = scope;
  if (!GPUDevice || !GPUAdapter) return;

  const create = GPUDevice.prototype.createShaderModule;
  GPUDevice.prototype.createShaderModule = function (/** @type {unknown} */ descriptor) {
    const module = create.call(this, descriptor);
    module.getCompilationInfo().then(
      (/** @type {{ messages: { type: string, message: string }[] }} */ { messages }) => {
        const bad = messages.find((m) => m.type === 'error');
        if (bad) report('device-self-test', `A shader is not valid here: ${bad.message}`);
      },
      () => {},
    );
    return module;
  };

  const open = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (/** @type {unknown} */ descriptor) {
    const device = await open.call(this, descriptor);
    device.addEventListener('uncapturederror', (/** @type {{ error: { message: string } }} */ { error }) => {
      report('device-self-test', firstLine(error.message));
    });
    device.lost.then((/** @type {{ reason: string, message: string }} */ { reason, message }) => {
      if (reason !== 'destroyed') report('device-lost', firstLine(message) || 'The graphics device was lost.');
    });
    return device;
  };
}

/** @param {string} text */
const firstLine = (text) => text.split('\n', 1)[0] ?? '';
