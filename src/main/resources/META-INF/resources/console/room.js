// A room for up to four visitors, with messages, and with cameras and microphones where visitors allow them.

import { Parley } from "../parley.js";
import { append, at, copy, make, put } from "./elements.js";
import { keep, lookUp, newInvitation, normalized } from "./invitation.js";
import { key, reasonOf } from "./key.js";

const MEMBERS_MAX = 4;
/** Identifies the own tile; members choose their peerIds. */
const OWN = Symbol("own");
const LINK = /^#room=(.+)/;
const UNKNOWN = "There is no room with this code now. Check the code, or leave it empty to open a new room.";
const ALONE = "You are in the room. Tell others its code, or send them the link.";

/** What this visitor has in the room: its end, the room, the own stream, and a tile for each member. */
let visit = null;

export function openRooms() {
  at("enter").addEventListener("submit", (event) => {
    event.preventDefault();
    enter().catch(fail);
  });
  at("tell").addEventListener("submit", (event) => {
    event.preventDefault();
    visit.room.send(at("telling").value);
    show("You", at("telling").value, true);
    at("telling").value = "";
  });
  at("media").addEventListener("click", () => (visit.stream ? turnOff() : turnOn()));
  at("copy-room").addEventListener("click", () => copy(at("room-link").href, at("copy-room")));
  at("leave").addEventListener("click", () => leave("You have left the room."));
  addEventListener("hashchange", acceptLink);
  acceptLink();
}

/** Fills in the code of the link that was opened; entering is a choice of the visitor. */
function acceptLink() {
  const [, code] = LINK.exec(location.hash) ?? [];
  if (code) {
    history.replaceState(null, "", location.pathname + location.search);
    at("enter").elements.code.value = decoded(code);
    put("room-status", "You are invited to this room.");
    at("enter").scrollIntoView();
    at("enter").querySelector("button").focus();
  }
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function enter() {
  const { code, person, camera } = at("enter").elements;
  const over = new AbortController();
  visit = { over, tiles: new Map(), stream: null };
  at("enter").hidden = true;
  status("Please wait …");
  const wanted = normalized(code.value);
  const invitation = wanted ? await lookUp(wanted) : await newInvitation();
  if (invitation === null) {
    leave(UNKNOWN, true);
    return;
  }
  const { signal } = over;
  // Rooms are in namespaces of their own, so that no list shows them.
  const parley = new Parley(undefined, { key, namespace: invitation.room });
  const iceServers = await parley.iceServers({ signal }).catch(() => []);
  if (camera.checked) {
    await turnOn();
  }
  const name = person.value.trim() || "Guest";
  const room = await parley.room(invitation.room, { data: name, max: MEMBERS_MAX, iceServers, signal });
  visit.room = room;
  room.addEventListener("join", ({ detail }) => join(detail.peer));
  room.addEventListener("peer", ({ detail }) => note(`${detail.peer.data} is here.`));
  room.addEventListener("leave", ({ detail }) => part(detail.peer));
  room.addEventListener("closed", ({ detail: { error } }) => error && fail(error));
  room.peers.forEach(join);
  keep(invitation, signal);
  invite(invitation.code);
  tile(OWN, `${name} (you)`);
  if (visit.stream) {
    play(OWN, visit.stream);
  }
  status(visit.refused ?? ALONE);
}

function invite(code) {
  const link = new URL(`#room=${code}`, location.href).href;
  put("room-code", code);
  at("room-link").href = link;
  at("in-room").hidden = false;
  at("telling").focus();
}

/** A member has come; its connection is not negotiated yet. */
function join(peer) {
  const { pc, channel, peerId, data } = peer;
  const name = String(data);
  tile(peerId, name);
  pc.addEventListener("track", ({ streams: [stream] }) => {
    play(peerId, stream);
    stream.addEventListener("removetrack", () => stream.getVideoTracks().length === 0 && play(peerId, null));
  });
  channel.addEventListener("message", (event) => show(name, event.data));
  visit.stream?.getTracks().forEach((track) => pc.addTrack(track, visit.stream));
}

function part({ peerId, data }) {
  visit.tiles.get(peerId)?.remove();
  visit.tiles.delete(peerId);
  note(`${data} has left.`);
}

/** Turns the camera and the microphone on; without them a visitor takes part by messages. */
async function turnOn() {
  const { over } = visit;
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640 } });
    if (over.signal.aborted) {
      stop(stream);
      return;
    }
    visit.stream = stream;
    visit.room?.peers.forEach(({ pc }) => stream.getTracks().forEach((track) => pc.addTrack(track, stream)));
    play(OWN, stream);
    at("media").textContent = "Turn camera off";
  } catch {
    visit.refused = "Without camera and microphone: the browser does not allow them, or there are none. Messages work.";
    status(visit.refused);
  }
}

function turnOff() {
  for (const { pc } of visit.room.peers) {
    pc.getSenders().forEach((sender) => pc.removeTrack(sender));
  }
  stop(visit.stream);
  visit.stream = null;
  play(OWN, null);
  at("media").textContent = "Turn camera on";
}

function stop(stream) {
  stream.getTracks().forEach((track) => track.stop());
}

function leave(words, bad = false) {
  const { over, room, stream, tiles } = visit;
  room?.close();
  over.abort();
  if (stream) {
    stop(stream);
  }
  for (const item of tiles.values()) {
    item.remove();
  }
  at("room-messages").replaceChildren();
  at("in-room").hidden = true;
  at("enter").hidden = false;
  at("media").textContent = "Turn camera on";
  status(words, bad);
  at("enter").elements.code.focus();
}

function fail(error) {
  if (!visit.over.signal.aborted) {
    leave(reasonOf(error), true);
  }
}

/** Shows a member; its name stands for it as long as it has no camera. */
function tile(id, name) {
  const item = make("li", null, make("video"), make("bdi", null, name));
  const [video] = item.children;
  video.hidden = true;
  video.autoplay = true;
  video.playsInline = true;
  video.muted = id === OWN;
  video.setAttribute("aria-label", `Camera of ${name}`);
  visit.tiles.get(id)?.remove();
  visit.tiles.set(id, item);
  at("members").append(item);
}

function play(id, stream) {
  const video = visit.tiles.get(id)?.querySelector("video");
  if (video && video.srcObject !== stream) {
    video.srcObject = stream;
    video.hidden = stream === null;
  }
}

function show(name, message, own = false) {
  const line = make("p", own ? "answerer own" : "offerer", make("b", null, make("bdi", null, name)), ` ${message}`);
  line.dir = "auto"; // any language
  append(at("room-messages"), line);
}

function note(words) {
  const others = visit.room.peers.length;
  status(`${words} ${others === 0 ? "You are alone." : `${others + 1} of ${MEMBERS_MAX} are in the room.`}`);
}

function status(words, bad = false) {
  put("room-status", words);
  at("room-status").classList.toggle("bad", bad);
}
