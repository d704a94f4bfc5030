import { chromium } from 'playwright-core';
// An earlier version: from 1.65 on a command is sent that Firefox ESR does not know. Chromium needs the later one: in
// 1.64 a file that is set while the mouse clicks never arrives.
import { firefox } from 'playwright-core-firefox';
import { Skip } from './harness.mjs';
import { DOWNLOADS } from './paths.mjs';

/**
 * @import { Browser, BrowserType } from 'playwright-core'
 * @typedef {'chromium' | 'firefox'} BrowserName
 */

export const NAMES = /** @type {BrowserName[]} */ (['chromium', 'firefox']);
/** The browser of this run: $PEERLIGHT_BROWSER. */
export const NAME = /** @type {BrowserName} */ (process.env.PEERLIGHT_BROWSER ?? 'chromium');

export const CHROME = process.env.CHROME ?? '/usr/bin/chromium';
export const FIREFOX = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
export const FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** WebGPU by software. */
export const GPU = ['--enable-unsafe-webgpu'];

/** What a flag of Chromium's asks of Firefox, or why Firefox cannot. */
const IN_FIREFOX = {
  '--enable-unsafe-webgpu': 'Firefox has no WebGPU on Linux',
  '--js-flags=--expose-gc': 'Firefox cannot be asked over WebDriver BiDi to collect garbage',
};

/**
 * One browser for each set of flags, each with a fresh profile; every site opened in it has storage of its own.
 * @type {Map<string, Promise<Browser>>}
 */
const browsers = new Map();

/**
 * @param {string[]} [flags] as Chromium has them
 * @param {'light' | 'dark'} [scheme] only Firefox needs to know it when it starts
 */
export function browser(flags = [], scheme = 'light') {
  if (NAME !== 'chromium') for (const flag of flags) unless(IN_FIREFOX[flag]);
  const key = NAME === 'chromium' ? flags.join(' ') : scheme;
  let known = browsers.get(key);
  if (!known) browsers.set(key, (known = NAME === 'chromium' ? startChromium(flags) : startFirefox(scheme)));
  return known;
}

/**
 * A browser of its own for one site, which keeps on the disk what browsers keep there.
 * @param {string} profile a folder
 * @param {object} view
 */
export function withProfile(profile, view) {
  return chromium.launchPersistentContext(profile, { ...view, executablePath: CHROME, args: FLAGS });
}

/** @param {string[]} flags */
function startChromium(flags) {
  return chromium.launch({ executablePath: CHROME, args: [...FLAGS, ...flags] });
}

/**
 * Debian's own Firefox, driven by WebDriver BiDi.
 * @param {'light' | 'dark'} scheme
 */
async function startFirefox(scheme) {
  return firefox.launch({
    channel: 'moz-firefox',
    executablePath: FIREFOX,
    downloadsPath: DOWNLOADS,
    firefoxUserPrefs: {
      'layout.css.prefers-color-scheme.content-override': scheme === 'dark' ? 0 : 1,
      // The list of what was saved would open, and take the keys.
      'browser.download.alwaysOpenPanel': false,
      // As Firefox is delivered; its driver lets pages run from a disk.
      'security.fileuri.strict_origin_policy': true,
      // Reading and writing the clipboard without a question to the person.
      'dom.events.testing.asyncClipboard': true,
    },
  });
}

export async function closeBrowsers() {
  for (const b of browsers.values()) await b.then((open) => open.close()).catch(() => {});
  browsers.clear();
}

/**
 * Ends a case as skipped where there is a reason.
 * @param {string | undefined} reason
 */
function unless(reason) {
  if (reason) throw new Skip(reason);
}

/**
 * Ends a case as skipped in every browser but Chromium.
 * @param {string} reason what only Chromium's own protocol can do
 */
export function chromiumOnly(reason) {
  if (NAME !== 'chromium') throw new Skip(reason);
}
