// Sessions whose service and connections are fakes, and prints each case that works:
//
//   node session.mjs src/main/client

import assert from "node:assert/strict";
import http from "node:http";
import { mock } from "node:test";
import { pathToFileURL } from "node:url";
import { FakePc, sdp, served, until } from "./fakes.mjs";

const folder = pathToFileURL(`${process.argv[2]}/`);
const item = (value) => ({ value, configurable: true, enumerable: true });
globalThis.navigator ??= {}; // Node 20 has none
globalThis.sessionStorage = Object.create({
  getItem: (key) => sessionStorage[key],
  setItem: (key, value) => Object.defineProperty(sessionStorage, key, item(value)),
  removeItem: (key) => delete sessionStorage[key],
});
const { ParleyError } = await import(new URL("errors.js", folder));
const { Exchange } = await import(new URL("exchange.js", folder));
const { Healing } = await import(new URL("healing.js", folder));
const { Link } = await import(new URL("link.js", folder));
const { claim, keyOf } = await import(new URL("resume.js", folder));
const { Parley } = await import(new URL("parley.js", folder));

const cases = {
  /** Otherwise it would miss the next offer of its host. */
  async aConnectedGuestWatchesAgainAfterARefusal() {
    let watches = 0;
    const at = (millis) => new Date(Date.now() + millis).toISOString();
    const { root, end } = await served((call) => {
      if (call === "POST events") {
        return ++watches <= 2 ? { status: 401 } : { messages: [] };
      }
      const isRead = call.startsWith("GET") && watches > 0;
      const state = { offer: sdp("host"), answer: isRead ? sdp("own") : null, offerCandidates: [], createdAt: "2026-01-01T00:00:00Z" };
      return { code: "c", seq: 1, generation: 1, expiresAt: at(isRead ? 60_000 : 4_000), ...state };
    });
    const session = await new Parley(root, { transport: "poll" }).join("c", new FakePc());
    await until(() => watches > 2);
    assert.ok(!session.closed);
    await session.close();
    end();
  },

  /** The session must not be closed before it is opened. */
  async anAbortWhileASessionIsOpenedClosesItAfterwards() {
    const calls = [];
    let reply;
    const server = http.createServer((request, response) => {
      calls.push(request.method);
      request.resume();
      response.setHeader("Content-Type", "application/json");
      reply = () => response.end('{"code":"c","seq":1,"generation":1,"expiresAt":"2100-01-01T00:00:00Z"}');
      if (request.method !== "POST") {
        reply();
      }
    });
    await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
    const parley = new Parley(`http://127.0.0.1:${server.address().port}/`, { transport: "poll" });
    const over = new AbortController();
    const hosting = parley.host(new FakePc(), { signal: over.signal });
    await until(() => calls.length === 1);
    over.abort();
    await assert.rejects(hosting, { name: "AbortError" });
    assert.deepEqual(calls, ["POST"]);
    reply();
    await until(() => calls.length === 2);
    assert.deepEqual(calls, ["POST", "DELETE"]);
    server.closeAllConnections();
    server.close();
  },

  async aServiceDoesNotContinueSessionsOfAnother() {
    sessionStorage.setItem(keyOf("@http://a/b/", "offerer", "c"), JSON.stringify({ code: "c" }));
    const claimed = [await claim("@http://a/", () => true), await claim("@http://a/b/", () => true)];
    assert.deepEqual(claimed.map((session) => session?.code), [undefined, "c"]);
  },

  async aResumedGuestJoinsNoOtherSessionOfItsCode() {
    const calls = [];
    const { root, end } = await served((call) => {
      calls.push(call);
      const state = { offer: sdp("other"), answer: null, offerCandidates: [], createdAt: "2026-01-02T00:00:00Z" };
      return { code: "c", seq: 1, generation: 1, expiresAt: "2100-01-01T00:00:00Z", ...state };
    });
    const parley = new Parley(root, { transport: "poll" });
    const key = keyOf(`@${root.href}`, "answerer", "c");
    const kept = { side: "answerer", code: "c", token: "t".repeat(32), createdAt: "2026-01-01T00:00:00Z", partner: "host", request: {} };
    sessionStorage.setItem(key, JSON.stringify(kept));
    assert.equal(await parley.resume(new FakePc()), null);
    assert.deepEqual(calls, ["GET sessions/c"]);
    assert.equal(sessionStorage.getItem(key), undefined);
    // A call with the code wants whichever session has it.
    sessionStorage.setItem(key, JSON.stringify(kept));
    await (await parley.join("c", new FakePc())).close();
    assert.ok(calls.includes("PUT sessions/c/answer"));
    end();
  },

  async aSessionEndsIfItsPartnerCrashesBeforeItIsConnected() {
    mock.timers.enable({ apis: ["setTimeout"] });
    for (const isHost of [true, false]) {
      const pc = { connectionState: "connecting", signalingState: "stable" };
      const calls = [];
      const restart = () => {
        calls.push("restart");
        pc.signalingState = "have-local-offer"; // and nobody answers
      };
      const healing = new Healing({ restart, abandon: ({ type }) => calls.push(type) }, isHost, AbortSignal.any([]));
      healing.answered(pc);
      pc.signalingState = isHost ? "stable" : "have-local-offer";
      for (let seconds = 0; seconds < 120; seconds += 10) {
        mock.timers.tick(10_000);
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.deepEqual(calls, [...(isHost ? ["restart"] : []), "urn:parley:problem:no-way"]);
    }
    mock.timers.reset();
  },

  async aPageThatClosesItsConnectionEndsTheSessionWithoutAnError() {
    mock.timers.enable({ apis: ["setTimeout"] });
    const { root, end } = await served((call) => {
      const state = { offer: sdp("host"), answer: null, offerCandidates: [], createdAt: "2026-01-01T00:00:00Z" };
      return call === "POST events" ? { messages: [] } : { code: "c", seq: 1, generation: 1, expiresAt: "2100-01-01T00:00:00Z", ...state };
    });
    const pc = new FakePc();
    pc.connectionState = "connecting";
    const session = await new Parley(root, { transport: "poll" }).join("c", pc);
    session.connected.catch(() => {});
    const closed = new Promise((resolve) => session.addEventListener("closed", resolve));
    pc.close();
    pc.connectionState = "closed";
    mock.timers.tick(60_000);
    assert.equal((await closed).detail.error, null);
    mock.timers.reset();
    end();
  },

  /** Browsers fire negotiationneeded after a rollback, since the changes are not negotiated. */
  async aRefusedOfferIsRepeatedLater() {
    class ChangedPc extends FakePc {
      async setLocalDescription(description) {
        await super.setLocalDescription(description);
        if (description.type === "rollback") {
          setImmediate(() => this.dispatchEvent(new Event("negotiationneeded")));
        }
      }
    }
    for (const isHost of [true, false]) {
      mock.timers.enable({ apis: ["setTimeout"] });
      const turns = async (count) => {
        for (let i = 0; i < count; i++) {
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      let offers = 0;
      const problems = [];
      const refuse = async () => {
        offers++;
        throw new ParleyError({ status: 422 });
      };
      const session = { call: refuse, replaceOffer: refuse, report: (error) => problems.push(error.status) };
      const pc = new ChangedPc();
      new Exchange(session, { isHost, pc, signal: AbortSignal.any([]) }).begin();
      pc.dispatchEvent(new Event("negotiationneeded"));
      await turns(100);
      assert.equal(offers, 1);
      mock.timers.tick(5_000);
      await turns(100);
      assert.equal(offers, 2);
      assert.deepEqual(problems, [422, 422]);
      mock.timers.reset();
    }
  },

  async aRefusedRestartIsNotRepeatedWithoutEnd() {
    for (const status of [404, 412]) {
      let reads = 0;
      const service = {
        async request(op) {
          await new Promise((resolve) => setImmediate(resolve));
          if (op === "restart") {
            throw new ParleyError({ status });
          }
          return { body: { generation: 1, offer: "former" }, etag: `"${++reads}"` };
        },
      };
      const link = new Link(service, { side: "offerer", code: "c" });
      await assert.rejects(link.replaceOffer("new", 1), { status });
    }
  },

  /** A stranger with the code has read the former descriptions, and so can copy the fingerprints of either side. */
  async aReopenedSessionAcceptsTheFormerFingerprintsOnly() {
    const exchange = (side) => {
      const reply = async () => ({ body: { generation: 1 } });
      const ignored = Object.fromEntries(["paired", "report", "abandon"].map((name) => [name, () => {}]));
      const seen = [];
      const session = { ...ignored, call: reply, open: reply, emit: (type) => seen.push(type) };
      const options = { isHost: side === "offerer", pc: new FakePc(), makePc: () => new FakePc(), signal: AbortSignal.timeout(60_000) };
      return { exchange: new Exchange(session, options), seen };
    };
    const differs = { title: "Other client" };

    const guest = exchange("answerer");
    await guest.exchange.follow(1, sdp("host"));
    guest.exchange.startOver(true);
    await guest.exchange.follow(1, sdp("host"));
    const other = { type: "offer", side: "offerer", generation: 2, offer: sdp("stranger") };
    await assert.rejects(guest.exchange.apply(other), differs);

    const host = exchange("offerer");
    const answer = (fingerprint) => ({ type: "answer", side: "answerer", generation: 1, answer: sdp(fingerprint) });
    await host.exchange.offerFirst();
    await host.exchange.apply(answer("guest"));
    host.exchange.startOver(true);
    await host.exchange.offerFirst();
    await host.exchange.apply(answer("guest"));
    await host.exchange.apply({ type: "candidate", side: "answerer", generation: 1, candidate: "parley:new x 1/1 " });
    await host.exchange.offerFirst();
    await assert.rejects(host.exchange.apply(answer("stranger")), differs);
    assert.ok(![...guest.seen, ...host.seen].includes("replaced"));
  },
};

for (const [name, run] of Object.entries(cases).filter(([name]) => !process.argv[3] || name === process.argv[3])) {
  await run();
  console.log(`works ${name}`);
}
console.log("done");
process.exit();
