import { t } from '../words/index.js';

/** @import { Action, State } from './state.js' */

/**
 * Where the page runs: with or without the network, and whether a newer version of it waits.
 *
 * @typedef {object} HostState
 * @property {boolean} online
 * @property {boolean} kept whether the page is kept here, so that it starts without the network
 * @property {boolean} update whether a newer version waits
 * @property {boolean} updating
 * @property {boolean} incomplete whether a part of the page could not be loaded
 *
 * @typedef {{ type: 'online-changed', online: boolean } | { type: 'page-kept' } | { type: 'update-found' }
 *   | { type: 'update-wanted' } | { type: 'page-incomplete' }} HostAction
 */

/** @type {HostState} */
export const plainHost = { online: true, kept: false, update: false, updating: false, incomplete: false };

/**
 * @param {State} page
 * @param {Action} action
 * @returns {State}
 */
export function reduceHost(page, action) {
  const { host } = page;
  switch (action.type) {
    case 'online-changed':
      return { ...page, host: { ...host, online: action.online } };
    case 'page-kept':
      return { ...page, host: { ...host, kept: true } };
    case 'page-incomplete':
      return { ...page, host: { ...host, incomplete: true } };
    case 'update-found':
      return { ...page, host: { ...host, update: true } };
    case 'update-wanted':
      return { ...page, host: { ...host, updating: true } };
    default:
      return page;
  }
}

/**
 * What there is to say of being without the network, or of what it did not bring; empty for nothing.
 * @param {State} state
 */
export function offlineNote({ host, engine }) {
  if (host.incomplete) return t('offline.incomplete');
  if (host.online) return '';
  if (engine.phase === 'ready') return t('offline.ready');
  return t(host.kept ? 'offline.kept' : 'offline.bare');
}
