/** Keeps the page fresh: the sandbox says when something happened; what follows from it arrives a little later. */

import { emit } from "./signals.js";

// A decision in WeCom reaches the member through streams and queues: look again a few times, then rest.
const LOOKS_MS = [80, 600, 1200, 2000, 3200, 5000, 8000, 14000];
const RECONNECT_MS = 3000;

const listeners = new Set();
let timers = [];

/** Calls `refresh` whenever something may have changed. */
export function onLive(refresh) {
  listeners.add(refresh);
}

/** Something happened: look now, and a few times more for what follows from it. */
export function poke() {
  for (const timer of timers) clearTimeout(timer);
  timers = LOOKS_MS.map((delay) => setTimeout(() => listeners.forEach((refresh) => refresh()), delay));
}

export function startLive() {
  const source = new EventSource("/_sandbox/events");
  source.onopen = () => {
    emit("live", { ok: true });
    poke();
  };
  source.onmessage = poke;
  source.onerror = () => {
    emit("live", { ok: false });
    if (source.readyState === EventSource.CLOSED) setTimeout(startLive, RECONNECT_MS);
  };
}
