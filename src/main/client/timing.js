/** Timeout of one request. */
export const REQUEST_MS = 10_000;
/** Minimum and maximum delay between retries of a request. */
const BACKOFF_MS = [200, 5_000];
/** Timers with a longer delay fire at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export function deferred() {
  const settles = {};
  settles.promise = new Promise((resolve, reject) => Object.assign(settles, { resolve, reject }));
  settles.promise.catch(() => {}); // no unhandled rejection if the promise is not used
  return settles;
}

/** Delay before the next retry in milliseconds: exponential, with jitter, and not less than `Retry-After`. */
export function backoff(attempt, { retryAfter = 0 } = {}, [min, max] = BACKOFF_MS) {
  const most = Math.min(max, min * 2 ** (attempt - 1));
  return Math.max(retryAfter * 1_000, most / 2) + (Math.random() * most) / 2;
}

export function pause(millis, signal) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, Math.min(millis, TIMER_MS_MAX));
    signal?.addEventListener("abort", stop, { once: true }); // Node keeps a composite signal that has a listener
  });
}

/** Aborts with the first of `signals`, which may be undefined. */
export function anySignal(...signals) {
  return AbortSignal.any(signals.filter(Boolean));
}

/** The outcome of `promise`. Rejects with the reason of `signal`, or with `late()` after a time in milliseconds. */
export async function within(millis, promise, signal, late) {
  const over = new AbortController();
  const deadline = pause(millis, anySignal(over.signal, signal)).then(() => Promise.reject(late()));
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    over.abort();
  }
}

/** The outcome of `call`, or null if it is refused with `status`: 404 if a session no longer exists, 412 if it has another offer. */
export function unless(status, call) {
  return call.catch((error) => (error.status === status ? null : Promise.reject(error)));
}

/** Emits a custom event. */
export function emit(target, type, detail) {
  target.dispatchEvent(new CustomEvent(type, { detail }));
}
