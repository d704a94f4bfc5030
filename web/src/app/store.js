import { initial, reduce } from './state.js';

/** @import { Action, State } from './state.js' */

/**
 * Holds the state. Listeners hear of each new state together with the one before it; one that comes late hears at once
 * of all that happened, as one step from the page's first state. A page has one store.
 */
export class Store {
  state = initial;
  /** @type {((state: State, before: State) => void)[]} */
  #listeners = [];

  /** @param {Action} action */
  dispatch = (action) => {
    const before = this.state;
    this.state = reduce(before, action);
    if (this.state !== before) for (const listener of this.#listeners) listener(this.state, before);
  };

  /** @param {(state: State, before: State) => void} listener */
  subscribe(listener) {
    this.#listeners.push(listener);
    if (this.state !== initial) listener(this.state, initial);
  }
}
