import { findBundle, openEngine } from 'peerlight';

/**
 * Explains the images that a person picks: what every example here does, whatever builds it.
 * @param {Partial<import('peerlight').OpenOptions>} [options] what a bundler needs
 */
export async function start(options = {}) {
  const out = document.querySelector('output');
  const say = (text) => (out.textContent = text);
  const sayError = ({ code, message, help }) => say(`${code}: ${message} ${help}`);
  try {
    say('Loading the networks…');
    const { url, sha256, bytes } = await findBundle('models/index.json');
    const engine = await openEngine({ bundle: url, sha256, bytes, device: 'cpu', ...options });
    say(`Ready on the ${engine.device.kind}.`);
    const explain = async (file) => {
      const { target, agreement } = await engine.explain(file);
      say(`${target.label}; agreement ${agreement.toFixed(3)}`);
    };
    document.querySelector('input').addEventListener('change', (event) => {
      explain(event.target.files[0]).catch(sayError);
    });
  } catch (error) {
    sayError(error);
  }
}
