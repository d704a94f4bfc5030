import { findBundle, openEngine } from 'peerlight';

/**
 * Explains the images that a person picks: what every example here does, whatever builds it.
 * @param {Partial<import('peerlight').OpenOptions>} [options] what a bundler needs
 */
export async function start(options = {}) {
  const out = document.querySelector('output');
  const say = (text) => (out.textContent = text);
  try {
    say('Loading the networks…');
    const { url, sha256, bytes } = await findBundle('models/index.json');
    const engine = await openEngine({ bundle: url, sha256, bytes, device: 'cpu', ...options });
    say(`Ready on the ${engine.device.kind}.`);
    document.querySelector('input').addEventListener('change', async ({ target }) => {
      const { target: found, agreement } = await engine.explain(target.files[0]);
      say(`${found.label}; agreement ${agreement.toFixed(3)}`);
    });
  } catch (error) {
    say(`${error.code}: ${error.message} ${error.help}`);
  }
}
