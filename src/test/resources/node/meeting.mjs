// Meetings and hosts of many guests whose service and connections are fakes, and prints each case that works:
//
//   node meeting.mjs src/main/client

import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";

const folder = pathToFileURL(`${process.argv[2]}/`);
const { meet } = await import(new URL("meet.js", folder));
const { Serving } = await import(new URL("serve.js", folder));

const aborted = (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

/** A topic without sessions. */
const empty = {
  watch({ receive }) {
    queueMicrotask(() => receive(new Map()));
    return () => {};
  },
};

/** A connection that has an answer. */
const answered = () => ({ signalingState: "stable", remoteDescription: {}, close: () => {} });

/** Hosts sessions of which each has another outcome. */
function hosting(outcomes) {
  return {
    resume: async () => null,
    async host(source, { signal }) {
      const outcome = outcomes.shift();
      if (outcome === undefined) {
        return aborted(signal);
      }
      outcome.catch(() => {});
      return Object.assign(new EventTarget(), { code: "c", pc: await source(), connected: outcome, close: async () => {} });
    },
  };
}

const cases = {
  async anInvalidAnswerIsAFailureOfOnePartner() {
    const outcomes = [Promise.reject(new DOMException("bad SDP", "OperationError")), Promise.resolve()];
    await meet(hosting(outcomes), empty, "t", answered, {});
    assert.equal(outcomes.length, 0);
  },

  async theFirstListMayArriveBeforeTheConnectionIsMade() {
    const slow = () => new Promise((resolve) => setImmediate(() => resolve(answered())));
    await meet(hosting([Promise.resolve()]), empty, "t", slow, {});
  },

  async aThirdHostJoinsTheFirstHoweverOftenTheTopicChanges() {
    let publish;
    const topic = {
      watch({ receive }) {
        publish = (...codes) => receive(new Map(codes.map((code) => [code, { code, createdAt: code, tags: [] }])));
        queueMicrotask(publish);
        return () => {};
      },
    };
    const joined = [];
    const parley = {
      resume: async () => null,
      async host() {
        publish("1", "2", "3");
        const changing = setInterval(() => publish("1", "2", "3", "4"), 100);
        const withdraw = async () => {
          clearInterval(changing);
          return true;
        };
        return Object.assign(new EventTarget(), { code: "3", pc: { signalingState: "have-local-offer" }, withdraw });
      },
      async join(code) {
        joined.push(code);
        return { connected: Promise.resolve() };
      },
    };
    await meet(parley, topic, "t", answered, {});
    assert.deepEqual(joined, ["1"]);
  },

  async leavingTheLoopEndsServing() {
    const serving = new Serving(hosting([Promise.resolve()]), empty, "t", { makePc: answered });
    for await (const session of serving) {
      assert.equal(session.code, "c");
      break;
    }
    assert.ok(serving.closed);
  },

  async theGuestsOfAReloadedHostAreResumedAtOnce() {
    const kept = ["a", "b"].map((code) => ({ code, pc: answered(), connected: Promise.resolve() }));
    let claimedAll;
    const all = new Promise((resolve) => (claimedAll = resolve));
    const parley = hosting([]);
    parley.resume = async (source, { claimed }) => {
      const session = kept.shift();
      if (!session) {
        claimedAll();
        return null;
      }
      claimed();
      await all;
      return session;
    };
    const resumed = [];
    for await (const { code } of new Serving(parley, empty, "t", { makePc: answered })) {
      if (resumed.push(code) === 2) {
        break;
      }
    }
    assert.deepEqual(resumed.sort(), ["a", "b"]);
  },

  /** The other side may end the session, not the connection, before this side knows that it is connected. */
  async aConnectionThatAGuestUsesIsNotClosed() {
    for (const connectionState of ["connected", "failed"]) {
      const pcs = [];
      const makePc = () => {
        const pc = { ...answered(), connectionState, closed: false, close: () => (pc.closed = true) };
        pcs.push(pc);
        return pc;
      };
      const parley = hosting([Promise.reject(new Error("closed"))]);
      const serving = new Serving(parley, empty, "t", { makePc });
      const { host } = parley;
      parley.host = async (source, options) => {
        const session = await host(source, options);
        session.pc = await source(); // the guest has reloaded its page
        return session;
      };
      await new Promise((resolve) => serving.addEventListener("problem", resolve));
      serving.close();
      assert.deepEqual(pcs.map(({ closed }) => closed), [false, connectionState === "failed"]);
    }
  },

  async aTopicIsRequired() {
    assert.throws(() => new Serving(hosting([]), empty, undefined, { makePc: answered }), /topic/);
    await assert.rejects(meet(hosting([]), empty, "", answered, {}), /topic/);
  },
};

for (const [name, run] of Object.entries(cases)) {
  await run();
  console.log(`works ${name}`);
}
console.log("done");
process.exit();
