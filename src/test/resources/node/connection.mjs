// Watches sessions through a proxy that breaks one transport after another, and prints each case that works:
//
//   node --experimental-websocket connection.mjs src/main/client http://127.0.0.1:8080 [CASE]

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import http from "node:http";
import { pathToFileURL } from "node:url";
import { served, until } from "./fakes.mjs";

const folder = pathToFileURL(`${process.argv[2]}/`);
const { Connection } = await import(new URL("connection.js", folder));
const { eventStreamParser } = await import(new URL("http.js", folder));
const { Listings } = await import(new URL("find.js", folder));
const { pause } = await import(new URL("timing.js", folder));
const { Parley } = await import(new URL("parley.js", folder));
const service = new URL(process.argv[3]);
const namespace = `node-${Date.now()}`;
const token = "0123456789abcdef0123456789abcdef";

/** A reverse proxy. Each rule names what it does not pass on; `broken` ends all connections. */
async function proxied(rules) {
  const sockets = new Set();
  const onward = ({ method, url, headers }) => http.request(new URL(url, service), { method, headers });
  const server = http.createServer((request, response) => {
    const accept = request.headers.accept ?? "";
    if (rules.stream === "refuse" && accept.includes("event-stream")) {
      request.resume();
      response.writeHead(502).end();
      return;
    }
    if (rules.wait === "cut" && request.headers.prefer) {
      request.resume();
      response.writeHead(504).end();
      return;
    }
    const forwarded = onward(request);
    response.on("close", () => forwarded.destroy());
    forwarded.on("error", () => response.destroy());
    forwarded.on("response", (reply) => {
      response.writeHead(reply.statusCode, reply.headers);
      if (rules.stream === "buffer" && accept.includes("event-stream")) {
        response.flushHeaders();
      } else {
        reply.pipe(response);
      }
    });
    request.pipe(forwarded);
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
  });
  server.on("upgrade", (request, socket, head) => {
    if (rules.channel === "refuse") {
      socket.end("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    if (rules.channel === "hang") {
      return;
    }
    const forwarded = onward(request);
    forwarded.on("error", () => socket.destroy());
    forwarded.on("response", () => socket.destroy());
    forwarded.on("upgrade", (reply, other) => {
      const lines = Object.entries(reply.headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("")}\r\n`);
      other.write(head);
      other.pipe(socket).pipe(other);
      other.on("error", () => socket.destroy());
      socket.on("close", () => other.destroy());
    });
    forwarded.end();
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    root: new URL(`http://127.0.0.1:${server.address().port}/`),
    rules,
    broken: () => sockets.forEach((socket) => socket.destroy()),
    end() {
      this.broken();
      server.close();
    },
  };
}

/** Calls the service directly. */
async function call(method, path, body) {
  const headers = { "Content-Type": "application/json", "Session-Token": token, "Parley-Namespace": namespace };
  const response = await fetch(new URL(`api/v1/${path}`, service), { method, headers, body: body && JSON.stringify(body) });
  assert.ok(response.ok, `${method} ${path}: ${response.status}`);
  return response.status === 204 ? null : { ...(await response.json()), etag: response.headers.get("ETag") };
}

const open = (fields) => call("POST", "sessions", { offer: "o", ...fields });
const trickle = (code, candidate) => call("POST", `sessions/${code}/candidates`, { candidates: [candidate] });
const close = (code) => call("DELETE", `sessions/${code}`);

function connected(root, options) {
  const transports = [];
  const emit = (type, { transport }) => type === "transport" && transport && transports.push(transport);
  return { connection: new Connection({ root, namespace, emit, pollInterval: 100, ...options }), transports };
}

/** The numbers of the events so far; `ended` settles with their end. What nobody has read when a session is deleted, is deleted. */
function numbers(connection, watcher) {
  const seen = [];
  seen.ended = new Promise((resolve, reject) => {
    const receive = ({ seq, type }) => {
      seen.push(seq);
      if (type === "closed") {
        resolve();
      }
    };
    connection.watch({ ...watcher, receive, end: reject });
  });
  seen.ended.catch(() => {});
  return seen;
}

const upTo = (last, first = 2) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

const cases = {
  async everyTransportCarriesAllEvents() {
    const proxy = await proxied({});
    for (const transport of ["channel", "sse", "long-poll", "poll"]) {
      const { connection, transports } = connected(proxy.root, { transport });
      const codes = await Promise.all(upTo(12, 1).map(async () => (await open()).code));
      const all = codes.map((code) => numbers(connection, { code, after: 1 }));
      for (const candidate of ["1", "2", "3"]) {
        await Promise.all(codes.map((code) => trickle(code, candidate)));
      }
      await until(() => all.every(({ length }) => length === 3));
      await Promise.all(codes.map(close));
      for (const seen of all) {
        // Between two polls nobody receives `closed`.
        await (transport.endsWith("poll") ? seen.ended.catch(({ status }) => assert.equal(status, 404)) : seen.ended);
        assert.deepEqual(seen.slice(0, 3), upTo(4));
      }
      assert.deepEqual(transports, [transport]);
      connection.close();
    }
    proxy.end();
  },

  async theChannelCarriesRequestsWhileSomethingIsWatched() {
    const proxy = await proxied({});
    const { connection } = connected(proxy.root, {});
    const { body, etag } = await connection.request("open", { token, body: { offer: "o" } });
    const { code } = body;
    const seen = numbers(connection, { code, after: body.seq, etag });
    await until(() => connection.transport === "channel");
    const read = await connection.request("read", { code });
    assert.equal(read.body.code, code);
    assert.equal(read.etag, etag);
    assert.equal((await connection.request("trickle", { code, token, body: { candidates: ["1"] } })).status, 201);
    assert.deepEqual((await connection.request("topics", {})).body.items, []);
    await assert.rejects(connection.request("answer", { code: "none", body: { answer: "a" } }), { status: 404 });
    await until(() => seen.length === 1);
    assert.equal((await connection.request("close", { code, token })).body, null);
    await seen.ended;
    assert.deepEqual([...seen], [2, 3]);
    proxy.end();
  },

  async whateverTheProxyBreaksTheNextTransportIsUsed() {
    const proxy = await proxied({ channel: "refuse", stream: "buffer", wait: "cut" });
    const { connection, transports } = connected(proxy.root, {});
    const { code } = await open();
    const received = numbers(connection, { code, after: 1 });
    for (let last = 2; transports.length < 3; last++) {
      await trickle(code, `${last}`);
      await until(() => received.at(-1) === last); // not later than the next poll
    }
    assert.deepEqual(transports, ["sse", "long-poll", "poll"]);
    assert.deepEqual([...received], upTo(received.at(-1)));
    connection.close();
    proxy.end();
  },

  async aChannelThatHangsIsNotWaitedForLong() {
    const proxy = await proxied({ channel: "hang" });
    const { connection, transports } = connected(proxy.root, {});
    const { code } = await open();
    const began = performance.now();
    const seen = numbers(connection, { code, after: 1 });
    await until(() => connection.transport === "sse");
    assert.ok(performance.now() - began < 30_000);
    await trickle(code, "1");
    await until(() => seen.length === 1);
    assert.deepEqual(transports, ["sse"]);
    connection.close();
    proxy.end();
  },

  async aBrokenConnectionLosesAndRepeatsNothing() {
    for (const transport of ["channel", "sse", "long-poll", undefined]) {
      const proxy = await proxied({});
      const { connection } = connected(proxy.root, { transport });
      const codes = await Promise.all(upTo(3, 1).map(async () => (await open()).code));
      const received = codes.map((code) => numbers(connection, { code, after: 1 }));
      for (let i = 0; i < 60; i++) {
        await Promise.all(codes.map((code) => trickle(code, `${i}`)));
        if (i % 10 === 5) {
          proxy.broken();
        }
      }
      await until(() => received.every((seen) => seen.length >= 60));
      received.forEach((seen) => assert.deepEqual([...seen], upTo(61)));
      connection.close();
      proxy.end();
    }
  },

  async aLostChannelIsReplacedAndUsedAgain() {
    const proxy = await proxied({});
    const { connection, transports } = connected(proxy.root, {});
    const { code } = await open();
    const seen = numbers(connection, { code, after: 1 });
    await until(() => connection.transport === "channel");
    proxy.rules.channel = "refuse";
    proxy.broken();
    await until(() => connection.transport === "sse");
    await trickle(code, "1");
    delete proxy.rules.channel;
    await until(() => connection.transport === "channel");
    await trickle(code, "2");
    await until(() => seen.length === 2);
    await close(code);
    await seen.ended;
    assert.deepEqual([...seen], [2, 3, 4]);
    assert.deepEqual(transports, ["channel", "sse", "channel"]);
    proxy.end();
  },

  async severalMayWatchOneSession() {
    for (const transport of ["channel", "sse"]) {
      const proxy = await proxied({});
      const { connection } = connected(proxy.root, { transport });
      const { code } = await open();
      await trickle(code, "1");
      const late = numbers(connection, { code, after: 2 });
      await trickle(code, "2");
      await until(() => late.length === 1);
      const early = numbers(connection, { code, after: 0 });
      await until(() => early.length === 3);
      await close(code);
      await Promise.all([late.ended, early.ended]);
      assert.deepEqual([[...late], [...early]], [[3, 4], [1, 2, 3, 4]]);
      connection.close();
      proxy.end();
    }
  },

  /** The events of the first watch arrive after the second is requested, which brings them again. */
  async aWatchThatIsRequestedTwiceRepeatsNothing() {
    let socket;
    const watches = [];
    const say = (message) => socket.onmessage({ data: JSON.stringify(message) });
    class Socket {
      readyState = 1;
      constructor() {
        socket = this;
        queueMicrotask(() => this.onopen());
      }
      send(text) {
        const { id, op } = JSON.parse(text);
        op === "watch" ? watches.push(id) : say({ id, status: 200 });
      }
      close() {}
    }
    const { connection } = connected(service, { transport: "channel", WebSocket: Socket });
    const first = numbers(connection, { code: "c", after: 1 });
    await until(() => watches.length === 1);
    const second = numbers(connection, { code: "c", after: 1 });
    await until(() => watches.length === 2);
    for (const id of watches) {
      say({ id, status: 200 });
      say({ code: "c", events: upTo(3).map((seq) => ({ seq, type: "candidate" })) });
    }
    say({ code: "c", events: [{ seq: 4, type: "closed" }] });
    await Promise.all([first.ended, second.ended]);
    assert.deepEqual([[...first], [...second]], [upTo(4), upTo(4)]);
    connection.close();
  },

  async aWatcherThatLeavesDuringARequestEndsNoOther() {
    let leave;
    const events = upTo(3, 1).map((seq) => ({ seq, type: seq === 3 ? "closed" : "candidate" }));
    const { root, end } = await served(() => {
      leave();
      return { messages: [{ code: "c", events }] };
    });
    const { connection } = connected(root, { transport: "poll" });
    leave = connection.watch({ code: "c", after: 0, receive() {}, end() {} });
    const seen = numbers(connection, { code: "c", after: 2 });
    await seen.ended;
    assert.deepEqual([...seen], [3]);
    connection.close();
    end();
  },

  async anotherSessionOfTheCodeIsNotThatSession() {
    for (const transport of ["channel", "sse", "long-poll", "poll"]) {
      const proxy = await proxied({});
      const { connection } = connected(proxy.root, { transport });
      const { code, etag } = await open();
      await trickle(code, "1");
      await close(code);
      await open({ code });
      await assert.rejects(numbers(connection, { code, after: 2, etag }).ended, { status: 404 });
      await assert.rejects(numbers(connection, { code: "none", after: 1 }).ended, { status: 404 });
      connection.close();
      proxy.end();
    }
  },

  async aTopicIsWatched() {
    for (const transport of ["channel", "sse", "long-poll", "poll"]) {
      const topic = `topic of ${transport}`;
      const proxy = await proxied({});
      const { connection } = connected(proxy.root, { transport });
      await open({ code: `${transport}-1`, topic });
      await open({ code: `${transport}-2`, topic, tags: ["red"] });
      let table = new Map();
      const ended = new Promise((_, end) => connection.watch({ topic, receive: (listings) => (table = new Map(listings)), end }));
      const names = (entries) => [...entries.keys()].sort().join();
      await until(() => names(table) === `${transport}-1,${transport}-2`);
      let late = new Map();
      const stop = connection.watch({ topic, receive: (listings) => (late = new Map(listings)) });
      await until(() => names(late) === names(table));
      stop();
      await close(`${transport}-1`);
      await open({ code: `${transport}-3`, topic });
      await until(() => names(table) === `${transport}-2,${transport}-3`);
      proxy.broken();
      await close(`${transport}-2`);
      await open({ code: `${transport}-4`, topic, tags: ["red"] });
      await until(() => names(table) === `${transport}-3,${transport}-4`);
      assert.deepEqual(table.get(`${transport}-4`).tags, ["red"]);
      assert.ok(late.has(`${transport}-1`));
      connection.close();
      await assert.rejects(ended, { name: "AbortError" });
      proxy.end();
    }
  },

  async aTaggedSessionIsFoundBehindThousandOthers() {
    const topic = "full";
    await open({ topic, code: "tagged", tags: ["red"] });
    for (let i = 0; i < 20; i++) {
      await Promise.all(upTo(50, 1).map(() => open({ topic })));
    }
    const parley = new Parley(service, { namespace });
    assert.deepEqual((await parley.find(topic, { tag: "red", wait: true })).map(({ code }) => code), ["tagged"]);
    const later = parley.find(topic, { tag: "blue", wait: true });
    await until(() => parley.transport !== null);
    await open({ topic, code: "later", tags: ["red", "blue"] });
    assert.deepEqual((await later).map(({ code }) => code), ["later"]);
    parley.close();
  },

  async aHiddenPagePollsOverPlainHttp() {
    globalThis.document = Object.assign(new EventTarget(), { hidden: true });
    const proxy = await proxied({ channel: "refuse" });
    const { connection, transports } = connected(proxy.root, {});
    const { code } = await open();
    const seen = numbers(connection, { code, after: 1 });
    await until(() => transports.length === 1);
    document.hidden = false;
    document.dispatchEvent(new Event("visibilitychange"));
    await until(() => transports.length === 2);
    delete globalThis.document;
    assert.deepEqual(transports, ["poll", "sse"]);
    await trickle(code, "1");
    await until(() => seen.length === 1);
    connection.close();
    proxy.end();
  },

  /** With HTTPS too a browser has six connections, if it uses HTTP/1.1. */
  async aHiddenPagePollsOverHttp1WithTls() {
    const { fetch } = globalThis;
    const proxy = await proxied({});
    const root = new URL(proxy.root.href.replace("http:", "https:"));
    globalThis.fetch = (url, options) => fetch(`${url}`.replace("https:", "http:"), options);
    for (const nextHopProtocol of ["http/1.1", "h2"]) {
      globalThis.document = Object.assign(new EventTarget(), { hidden: true });
      const entries = [{ name: "https://elsewhere/", nextHopProtocol: "http/1.1" }, { name: `${root}parley.js`, nextHopProtocol }];
      performance.getEntriesByType = () => entries;
      const { connection, transports } = connected(root, { WebSocket: null });
      const { code } = await open();
      const seen = numbers(connection, { code, after: 1 });
      await trickle(code, "1");
      await until(() => seen.length === 1);
      assert.deepEqual(transports, [nextHopProtocol === "h2" ? "sse" : "poll"]);
      connection.close();
    }
    globalThis.fetch = fetch;
    delete performance.getEntriesByType;
    delete globalThis.document;
    proxy.end();
  },

  async aLeaseIsTakenOverByTheNextChannel() {
    const proxy = await proxied({});
    const { connection, transports } = connected(proxy.root, {});
    const other = connected(service, { transport: "sse" }).connection;
    const { code } = await open();
    const mine = numbers(connection, { code, after: 1, token, lease: 2 });
    const others = numbers(other, { code, after: 1 });
    await until(() => transports.length === 1);
    proxy.broken();
    await until(() => transports.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 2_500)); // the lease of the first channel is over
    await trickle(code, "1");
    await until(() => others.length === 1);
    connection.close();
    await assert.rejects(mine.ended, { name: "AbortError" });
    await others.ended;
    assert.deepEqual([...others], [2, 3]);
    proxy.end();
  },

  /** HTML standard, section 9.2.6. */
  async eventStreamsAreParsedAsTheStandardRequires() {
    const parsed = (...chunks) => chunks.flatMap(eventStreamParser());
    assert.deepEqual(parsed("data: 1\n\n"), ["1"]);
    assert.deepEqual(parsed("data: 1\u2028data: 2\u2029\u0085\u000b\u000c3\n\n"), ["1\u2028data: 2\u2029\u0085\u000b\u000c3"]);
    assert.deepEqual(parsed("da", "ta:", " 1", "\n", "\ndata: 2\n\nda"), ["1", "2"]);
    assert.deepEqual(parsed("data: 1\ndata:  2\n\n"), ["1\n 2"]);
    assert.deepEqual(parsed("retry: 1\n\n: comment\n\ndata: 1: $&\n\n"), ["1: $&"]);
    assert.deepEqual(parsed("data: incomplete\n"), []);
  },

  async aKeyFunctionIsCalledWhenAKeyIsNeeded() {
    const keys = ["first", "second", "third"];
    const used = [];
    const server = http.createServer((request, response) => {
      used.push(keys.indexOf(request.headers.authorization?.slice("Bearer ".length)));
      response.writeHead(used.length === 2 ? 401 : 200, { "Content-Type": "application/json" }).end('{"items":[]}');
    });
    await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
    const root = new URL(`http://127.0.0.1:${server.address().port}/`);
    let asked = 0;
    const { connection } = connected(root, { key: async () => keys[asked++] });
    await connection.request("find", {});
    await connection.request("find", {}); // refused with the first key
    await connection.request("find", {});
    assert.deepEqual(used, [0, 0, 1, 1]);
    const failing = connected(root, { patience: 0, key: () => Promise.reject(new Error("no key today")) }).connection;
    await assert.rejects(failing.request("find", {}), ({ status, cause }) => status === 0 && cause.message === "no key today");
    failing.close();
    server.closeAllConnections();
    server.close();
  },

  async aKeyFunctionThatFailsOnceEndsNothing() {
    for (const transport of ["channel", "sse"]) {
      let asked = 0;
      const key = () => (++asked === 1 ? Promise.reject(new Error("no key today")) : "key");
      const proxy = await proxied({});
      const { connection } = connected(proxy.root, { transport, key });
      const { code } = await open();
      const seen = numbers(connection, { code, after: 1 });
      await trickle(code, "1");
      await until(() => seen.length === 1);
      connection.close();
      proxy.end();
    }
  },

  async aKeyFunctionThatHangsNeitherBlocksNorOpensAChannelLater() {
    let opened = 0;
    class Socket {
      constructor() {
        opened++;
      }
      close() {}
    }
    let settle;
    const key = () => new Promise((resolve) => (settle = resolve));
    const { connection } = connected(service, { WebSocket: Socket, key });
    const aborted = { name: "TimeoutError" };
    await assert.rejects(connection.request("find", {}, { signal: AbortSignal.timeout(10) }), aborted);
    connection.watch({ topic: "topic", end() {} });
    connection.close();
    settle("key");
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(opened, 0);
  },

  async aKeyFunctionThatNeverReturnsIsCalledAgain() {
    let asked = 0;
    const key = () => (++asked === 1 ? new Promise(() => {}) : "key");
    const { root, end } = await served(() => ({ items: [] }));
    await connected(root, { key }).connection.request("find", {});
    assert.equal(asked, 2);
    end();
  },

  async anAbortRightAfterACallIsNoticed() {
    let calls = 0;
    const { root, end } = await served(() => ({ items: [], calls: ++calls }));
    const over = new AbortController();
    const found = connected(root, {}).connection.request("find", {}, { signal: over.signal });
    over.abort();
    await assert.rejects(found, { name: "AbortError" });
    assert.equal(calls, 0);
    end();
  },

  /** Node never collects a composite signal that has listeners, and there is one for each request. */
  async anAbortLeavesNoListener() {
    const over = new AbortController();
    const paused = pause(60_000, over.signal);
    new Listings({ watch: () => () => {} }, "topic", over.signal);
    over.abort();
    await assert.rejects(paused, { name: "AbortError" });
    assert.equal(getEventListeners(over.signal, "abort").length, 0);
  },

  async aWatchThatIsRefusedEndsNoOther() {
    for (const transport of ["sse", "long-poll", "poll"]) {
      const proxy = await proxied({});
      const { connection } = connected(proxy.root, { transport });
      const { code } = await open();
      const seen = numbers(connection, { code, after: 1 });
      await assert.rejects(numbers(connection, { code: "a", after: -1 }).ended, { status: 400 });
      await trickle(code, "1");
      await until(() => seen.length === 1);
      connection.close();
      proxy.end();
    }
  },

  async aLinkCannotSetAnInvalidBookmark() {
    const parley = new Parley(service.href);
    const bookmark = `2-${"a".repeat(24)}-${"0".repeat(16)}`;
    for (const invalid of ["first-unconstrained", "\u20ac", `${bookmark}0`]) {
      assert.equal(parley.fromLink(`http://page/#code=a&bookmark=${encodeURIComponent(invalid)}`), "a");
      assert.equal(parley.getBookmark(), null);
    }
    parley.fromLink(`http://page/#code=a&bookmark=${bookmark}`);
    assert.equal(parley.getBookmark(), bookmark);
  },
};

for (const [name, run] of Object.entries(cases).filter(([name]) => !process.argv[4] || name === process.argv[4])) {
  const began = performance.now();
  await run();
  console.log(`works ${name} ${Math.round(performance.now() - began)} ms`);
}
console.log("done");
process.exit(0); // a timer of a stream may be left
