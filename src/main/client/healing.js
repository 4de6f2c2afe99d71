import { noPath } from "./errors.js";
import { anySignal, pause } from "./timing.js";

/** Consecutive ICE restarts before the session ends: after a connection was lost, and before the first connection. */
const RESTARTS_MAX = 3;
const RESTARTS_MAX_BEFORE = 1;
/** How long a connection is disconnected before the host restarts ICE. */
const DISCONNECTED_MS = 2_000;
/** Time from the answer to the connection after which the host restarts ICE; the guest ends the session after twice that time. */
const CONNECT_MS = 30_000;

/** Restarts ICE as long as the peers are not connected. The host does it; a guest ends the session if they never connect. */
export class Healing {
  #isHost;
  #session;
  #signal;
  #restarts = 0;
  #deadline;
  /** Whether the peers were connected before. */
  wasConnected = false;

  /** @param session `emit(type, detail)`, `connected()`: data can be sent, `restart()`, and `abandon(error)` */
  constructor(session, isHost, signal) {
    this.#session = session;
    this.#isHost = isHost;
    this.#signal = signal;
  }

  /** The peers have both descriptions. ICE does not always report a failure, e.g. without candidates. */
  answered(pc) {
    this.#expectConnection(pc, this.#isHost ? CONNECT_MS : 2 * CONNECT_MS);
  }

  /** The state of the connection has changed. */
  async changed(negotiation, state) {
    if (state === "connected") {
      this.#restarts = 0;
      this.#deadline?.abort();
      await negotiation.dataReady();
      if (negotiation.isHealthy && !this.#signal.aborted) {
        this.wasConnected = true;
        this.#session.connected();
      }
    } else if (state === "disconnected" || state === "failed") {
      this.#session.emit(state, state === "failed" ? { error: noPath() } : null);
      if (this.#isHost) {
        this.#expectConnection(negotiation.pc, state === "failed" ? 0 : DISCONNECTED_MS);
      }
    }
  }

  #expectConnection(pc, millis) {
    this.#deadline?.abort();
    this.#deadline = new AbortController();
    // The partner of an unanswered offer may be asleep, if it was connected before.
    const mayAnswer = () => this.wasConnected && pc.signalingState !== "stable";
    const late = () => pc.connectionState === "connected" || mayAnswer() || this.#restartOrEnd(pc);
    pause(millis, anySignal(this.#deadline.signal, this.#signal)).then(late, () => {});
  }

  #restartOrEnd(pc) {
    if (this.#isHost && this.#restarts++ < (this.wasConnected ? RESTARTS_MAX : RESTARTS_MAX_BEFORE)) {
      this.#expectConnection(pc, CONNECT_MS);
      this.#session.restart();
    } else if (this.#isHost || !this.wasConnected) {
      this.#session.abandon(noPath());
    }
  }
}
