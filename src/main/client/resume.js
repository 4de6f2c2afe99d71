/**
 * What a page keeps of its sessions in sessionStorage, so that it can continue them after a reload. Nothing is kept where there is
 * no sessionStorage, as in Node and in workers.
 */

import { deferred } from "./timing.js";

/** A former page of this tab has ended within this time. */
const LOCK_MS = 1_000;

/** The sessions of this page, by key, with functions that release their locks. */
const live = new Map();

const storage = (() => {
  try {
    return globalThis.sessionStorage;
  } catch {
    return undefined; // the visitor does not allow it
  }
})();

/** The key of a session; `scope` names the service and the namespace. */
export function keyOf(scope, side = "", code = "") {
  return `parley ${scope} ${side} ${code}`;
}

/**
 * The newest session of a former page of this tab that fits, or null; one with a partner precedes those that still wait for one.
 *
 * A tab that is duplicated has a copy of the sessionStorage, so the page of a session has a lock where the browser supports locks.
 */
export async function claim(scope, fits) {
  const kept = Object.keys(storage ?? {})
    .filter((key) => key.startsWith(keyOf(scope).slice(0, -1)) && !live.has(key))
    .map((key) => ({ ...JSON.parse(storage.getItem(key)), key }))
    .filter(fits)
    .sort((a, b) => !a.partner - !b.partner || b.at - a.at);
  for (const session of kept) {
    if (await acquire(session.key)) {
      return session;
    }
  }
  return null;
}

/** Keeps a session. */
export function keep(key, session) {
  try {
    storage?.setItem(key, JSON.stringify({ at: Date.now(), ...session }));
  } catch {
    return; // it is full
  }
  if (storage && !live.has(key)) {
    acquire(key);
  }
}

/** Whether the session can be continued by the next page of this tab. */
export function isKept(key) {
  return live.has(key);
}

export function forget(key) {
  if (live.has(key)) {
    storage.removeItem(key);
    release(key);
  }
}

/** Leaves a session to another call that continues it. */
export function release(key) {
  live.get(key)?.();
  live.delete(key);
}

/** Acquires the lock of a session for this page; whether it has it. */
function acquire(key) {
  const { promise: released, resolve: release } = deferred();
  live.set(key, release);
  const { locks } = globalThis.navigator;
  return new Promise((resolve) => {
    const hold = () => {
      resolve(true);
      return released;
    };
    const failed = () => {
      live.delete(key);
      resolve(false);
    };
    locks ? locks.request(key, { signal: AbortSignal.timeout(LOCK_MS) }, hold).catch(failed) : hold();
  });
}
