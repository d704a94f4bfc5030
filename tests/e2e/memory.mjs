import { readFile } from 'node:fs/promises';

/**
 * The resident memory of the pages, with their workers, in MB.
 * @param {import('playwright-core').CDPSession} cdp of the browser
 */
export async function residentOf(cdp) {
  const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
  let kilobytes = 0;
  for (const { id } of processInfo.filter(({ type }) => type === 'renderer')) {
    const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
    kilobytes += Number(status.match(/^VmRSS:\s+(\d+)/m)?.[1] ?? 0);
  }
  return kilobytes / 1e3;
}
