/** Idempotency keys: pressing again after a lost answer cannot do the thing twice. */

import { randomId } from "../dom.js";

/**
 * For one form: `submit(values, send)` calls `send(key)`. A key is used again only for the very same values and
 * only when no answer came; after an answer, and for other values, the next submission has a new one.
 */
export function keyed() {
  let lost = null;
  return async (values, send) => {
    const body = JSON.stringify(values);
    const key = lost?.body === body ? lost.key : randomId();
    lost = null;
    try {
      return await send(key);
    } catch (error) {
      if (error.passing) lost = { body, key };
      throw error;
    }
  };
}
