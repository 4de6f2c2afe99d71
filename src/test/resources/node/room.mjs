// Members of a room whose service and connections are fakes, and prints each case that works:
//
//   node room.mjs src/main/client

import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";

const { Room } = await import(new URL("room.js", pathToFileURL(`${process.argv[2]}/`)));

globalThis.RTCPeerConnection = class extends EventTarget {
  connectionState = "new";

  createDataChannel() {
    return new EventTarget();
  }

  close() {
    this.connectionState = "closed";
  }
};

let age = 0;
const listing = (code, peerId = code, tags = ["present"]) => ({ code, peerId, tags, createdAt: new Date(++age).toISOString() });

/** The service and its client. `calls` are the requests; `changes` are sent to the members. A presence is listed unless `silent`. */
class Service {
  offers = {};
  calls = [];
  joined = [];
  silent = false;
  #listings = new Map();
  #watchers = new Set();

  async request(op, { code, body }) {
    this.calls.push(op);
    if (op === "open") {
      this.own = listing(body.code, body.peerId, body.tags);
      if (!this.silent) {
        this.change({ opened: [this.own] });
      }
    }
    return { body: { offer: this.offers[code] ?? "1" } };
  }

  watch(watcher) {
    this.#watchers.add(watcher);
    queueMicrotask(() => watcher.receive(this.#listings));
    return () => this.#watchers.delete(watcher);
  }

  change({ opened = [], gone = [] }) {
    gone.forEach((code) => this.#listings.delete(code));
    opened.forEach((listed) => this.#listings.set(listed.code, listed));
    this.#watchers.forEach(({ receive }) => receive(this.#listings));
  }

  async iceServers() {
    return [];
  }

  host() {
    return new Promise(() => {});
  }

  async join(code) {
    this.joined.push(code);
    throw new Error("another one was faster");
  }

  count(op) {
    return this.calls.filter((call) => call === op).length;
  }

  /** A member, and a log of its events. */
  async enter(options, opened = []) {
    this.change({ opened });
    const room = new Room(this, this, "t", { peerId: "me", ...options });
    const log = [];
    for (const type of ["join", "leave", "problem", "closed"]) {
      room.addEventListener(type, ({ detail: { peer, error } }) => log.push(`${type} ${peer?.peerId ?? error?.type ?? null}`));
    }
    await room.enter();
    return { room, log };
  }
}

/** Until `condition` is true; the caller's deadline is that of the whole program. */
async function until(condition) {
  while (!condition()) {
    await turn();
  }
}

/** All that is ready has run. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

const cases = {
  async anInvalidPresenceIsNoProblemOfOthers() {
    const service = new Service();
    service.offers.junk = "v=0";
    const makePc = ({ peerId }) => (peerId === "odd" ? assert.fail("no connection") : new RTCPeerConnection());
    const { room, log } = await service.enter({ makePc }, [listing("junk"), listing("odd"), listing("bob")]);
    await until(() => log.length === 3);
    assert.deepEqual(log, ["problem null", "problem null", "join bob"]);
    assert.equal(room.closed, false);
    room.close();
  },

  async aPresenceIsOpenedAgainOnce() {
    const service = new Service();
    const { room } = await service.enter({});
    const { own } = service;
    service.silent = true;
    service.change({ gone: [own.code] });
    await until(() => service.count("open") === 2);
    for (const code of ["x", "y"]) {
      service.change({ opened: [listing(code, code, ["other"])] });
      await turn();
    }
    service.change({ opened: [service.own] });
    service.change({ opened: [listing("bob")] });
    await until(() => room.peers.length === 1);
    assert.deepEqual([service.count("open"), service.count("close")], [2, 1]);
    room.close();
  },

  async onlyTheOldestMembersAreConnected() {
    const service = new Service();
    const { room, log } = await service.enter({ max: 3 });
    service.change({ opened: ["a", "b", "c", "d"].map((code) => listing(code)) });
    await until(() => room.peers.length === 2);
    service.change({ gone: ["a"] });
    await until(() => log.length === 4);
    assert.deepEqual(log, ["join a", "join b", "leave a", "join c"]);
    await assert.rejects(service.enter({ max: 3, peerId: "late" }, [..."bcd"].map((code) => listing(code))), /room has 3 members/);
    room.close();
  },

  async aMemberThatJoinsElsewhereEndsTheFormerOne() {
    const service = new Service();
    const { room, log } = await service.enter({});
    service.change({ opened: [listing("newer", "me")] });
    await until(() => room.closed);
    assert.deepEqual(log, ["closed urn:parley:problem:joined-elsewhere"]);
  },

  async aConnectedMemberIsNotReplacedByACall() {
    const service = new Service();
    const { room } = await service.enter({}, [listing("~bob", "bob")]); // the greater code: it calls
    await until(() => room.peers.length === 1);
    const [{ pc }] = room.peers;
    pc.connectionState = "connected";
    service.change({ opened: [listing("call", "~bob", [`to ${service.own.code}`])] });
    await turn();
    assert.deepEqual(service.joined, []);
    pc.connectionState = "failed";
    pc.dispatchEvent(new Event("connectionstatechange"));
    await until(() => service.joined.length === 2); // the first attempt fails
    assert.deepEqual(service.joined, ["call", "call"]);
    room.close();
  },

  async valuesThatAreUndefinedAreDefaults() {
    const service = new Service();
    const { room } = await service.enter({ max: undefined, data: undefined, signal: undefined });
    service.change({ opened: [listing("a")] });
    await until(() => room.peers.length === 1);
    room.close();
    assert.throws(() => new Room(service, service, "", {}), TypeError);
    assert.throws(() => new Room(service, service, "t", { signal: AbortSignal.abort() }), { name: "AbortError" });
  },
};

for (const [name, run] of Object.entries(cases)) {
  await run();
  console.log(`works ${name}`);
}
console.log("done");
process.exit();
