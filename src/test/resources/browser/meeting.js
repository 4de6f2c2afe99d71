// Peers of one page that meet, each with a Parley and a connection of its own. Tests use this in client.html, with useMeetings().

/** Only a hang lasts so long. */
const DEADLINE_MS = 120_000;

/** Peers that meet under `topic`, each after its delay in milliseconds. Aborts the rest when `pairs` pairs are connected. */
export async function crowd({ topic, delays, pairs, options = {}, fresh = false }) {
  const rest = new AbortController();
  const connected = [];
  let complete;
  const done = new Promise((resolve) => (complete = resolve));
  const peers = delays.map(async (delay, name) => {
    await pause(delay);
    const connection = fresh ? talker : talker();
    const session = await new Parley(service, options).meet(topic, connection, { signal: rest.signal });
    connected.push(name);
    session.pc.channel.send(`${name}`);
    if (connected.length === 2 * pairs) {
      complete();
    }
    const partner = Number(await session.pc.heard);
    return { name, partner, code: session.code, side: session.side, pc: session.pc };
  });
  const settled = Promise.allSettled(peers);
  const late = pause(DEADLINE_MS).then(() => Promise.reject(new Error(`Connected in time: ${connected.join() || "none"}`)));
  await Promise.race([done, late]);
  const met = await Promise.race([Promise.all(connected.map((name) => peers[name])), late]);
  rest.abort();
  for (const { pc } of met) {
    pc.close();
  }
  const failures = (await settled).flatMap(({ reason }) => (reason ? [reason.name] : []));
  return { met: met.map(({ name, partner, code, side }) => ({ name, partner, code, side })), failures };
}

/** A connection with a channel; `heard` is the first message. */
export function talker() {
  const pc = new RTCPeerConnection();
  pc.channel = pc.createDataChannel("talk", { negotiated: true, id: 0 });
  pc.heard = new Promise((resolve) => pc.channel.addEventListener("message", ({ data }) => resolve(data), { once: true }));
  return pc;
}

let former;

/** Meets another peer after a delay in milliseconds; returns the name that it sends. Ends the former connection of this page. */
export async function partnerOf({ topic, name, delay }) {
  former?.close();
  former = talker();
  await pause(delay);
  await new Parley(service).meet(topic, former);
  former.channel.send(name);
  return former.heard;
}

/** Waits until nothing is listed under a topic. */
export async function unlisted(topic) {
  const parley = new Parley(service);
  while ((await parley.find(topic)).length > 0) {
    await pause(100);
  }
}

export function pause(millis) {
  return new Promise((resolve) => setTimeout(resolve, millis));
}

/** Joins a room, with a log of its events: `room`, and `members()`, those that can receive data. */
export async function enter(topic, options, parleyOptions) {
  const log = [];
  const heard = [];
  const room = await new Parley(service, parleyOptions).room(topic, { iceServers: [], ...options });
  for (const type of ["join", "peer", "leave", "problem", "closed"]) {
    room.addEventListener(type, ({ detail: { peer, error } }) => log.push(`${type} ${peer?.peerId ?? error}`));
  }
  room.addEventListener("join", ({ detail: { peer } }) => {
    peer.channel.addEventListener("message", ({ data }) => heard.push(`${peer.data}: ${data}`));
  });
  const members = () => {
    const open = room.peers.filter(({ channel }) => channel.readyState === "open");
    return open
      .map(({ peerId }) => peerId)
      .sort()
      .join();
  };
  Object.assign(window, { room, roomLog: log, heard, members });
}
