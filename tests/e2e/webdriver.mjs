import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';

/** The name of an element's reference, by the standard. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
const MOST_MS = 60_000;

/** A browser driven by plain WebDriver (https://www.w3.org/TR/webdriver2/): only what the cases need. */
export class WebDriver {
  /**
   * @param {string} program the driver
   * @param {Record<string, unknown>} capabilities
   * @param {NodeJS.ProcessEnv} env
   */
  static async start(program, capabilities, env) {
    const driver = new WebDriver();
    const port = 20_000 + (process.pid % 20_000);
    driver.process = spawn(program, [`--port=${port}`], { env, stdio: 'ignore' });
    driver.address = `http://127.0.0.1:${port}/session`;
    for (let i = 0; ; i += 1) {
      const up = await fetch(`http://127.0.0.1:${port}/status`).catch((error) =>
        i < 100 ? null : Promise.reject(error),
      );
      if (up) break;
      await setTimeout(100);
    }
    const { sessionId } = await driver.ask('', { capabilities: { alwaysMatch: capabilities } });
    driver.address += `/${sessionId}`;
    await driver.ask('/timeouts', { script: MOST_MS });
    return driver;
  }

  /**
   * @param {string} path
   * @param {unknown} [body] nothing: the session's own deletion
   */
  async ask(path, body) {
    const how = body ? { method: 'POST', body: JSON.stringify(body) } : { method: 'DELETE' };
    const { value } = await (await fetch(this.address + path, how)).json();
    if (value?.error) throw new Error(`${path}: ${value.error}: ${value.message}`);
    return value;
  }

  /** @param {string} url */
  open(url) {
    return this.ask('/url', { url });
  }

  /**
   * What a function in the page returns.
   * @param {(...args: any[]) => unknown} code
   * @param {unknown[]} args
   */
  run(code, ...args) {
    return this.ask('/execute/sync', { script: `return (${code})(...arguments)`, args });
  }

  /**
   * Waits until a function in the page returns something true.
   * @param {string} what for the message
   * @param {(...args: any[]) => unknown} code
   * @param {unknown[]} args
   */
  async until(what, code, ...args) {
    for (const start = performance.now(); performance.now() - start < MOST_MS; await setTimeout(100)) {
      if (await this.run(code, ...args)) return;
    }
    throw new Error(`not ${what} after ${MOST_MS / 1000} s`);
  }

  /** @param {string} selector */
  async #element(selector) {
    const found = await this.ask('/element', { using: 'css selector', value: selector });
    return `/element/${found[ELEMENT]}`;
  }

  /** @param {string} selector */
  async click(selector) {
    // WebKit does not wait for a page that scrolls smoothly.
    const show = { block: 'center', behavior: 'instant' };
    await this.run((selector, show) => document.querySelector(selector).scrollIntoView(show), selector, show);
    await this.ask(`${await this.#element(selector)}/click`, {});
  }

  /**
   * Types into an element; into a field for files, paths in lines of their own.
   * @param {string} selector
   * @param {string} text
   */
  async type(selector, text) {
    await this.ask(`${await this.#element(selector)}/value`, { text });
  }

  async close() {
    await this.ask('').catch(() => {});
    this.process?.kill();
    if (this.process?.exitCode === null) await once(this.process, 'exit');
  }
}
