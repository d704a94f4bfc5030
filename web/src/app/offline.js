import { explaining } from '../explain/select.js';

/** @import { Store } from './store.js' */

/** So long the page rests before it is kept: what was explained is drawn meanwhile. */
const REST_MS = 1000;

/**
 * Keeps the page for times without the network, and tells of a new version. All of it is a convenience: where a browser
 * forbids it, the page works as before.
 *
 * @param {Store} store
 */
export function runOffline(store) {
  const { dispatch } = store;
  const tell = () => dispatch({ type: 'online-changed', online: navigator.onLine });
  addEventListener('online', tell);
  addEventListener('offline', tell);
  if (!navigator.onLine) tell();

  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  /** @type {ServiceWorkerRegistration | null} */
  let registration = null;
  let registering = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  store.subscribe((state, before) => {
    clearTimeout(timer);
    // The download and the first explanation are not to share the line and the processor with it.
    const { phase } = state.engine;
    const due = serviceWorker.controller ? phase !== 'loading' : phase === 'ready';
    if (due && !explaining(state) && !registration) timer = setTimeout(register, REST_MS);
    if (state.host.updating && !before.host.updating) takeOver();
  });

  async function register() {
    if (registering) return;
    registering = true;
    const address = new URL('sw.js', document.baseURI);
    registration = await serviceWorker.register(address, { updateViaCache: 'none' }).catch(() => null);
    if (!registration) return;
    if (registration.waiting && serviceWorker.controller) dispatch({ type: 'update-found' });
    watch(registration.installing);
    registration.addEventListener('updatefound', () => watch(registration?.installing));
    if (registration.active) dispatch({ type: 'page-kept' });
  }

  /** @param {ServiceWorker | null | undefined} next */
  function watch(next) {
    next?.addEventListener('statechange', () => {
      if (next.state !== 'installed') return;
      dispatch(serviceWorker.controller ? { type: 'update-found' } : { type: 'page-kept' });
    });
  }

  function takeOver() {
    serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
    if (registration?.waiting) registration.waiting.postMessage('take-over');
    else location.reload();
  }
}
