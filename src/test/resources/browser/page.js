// The controls of the page.

import { call } from "./json.js";
import { NativeApi } from "./native.js";
import { Peer } from "./peer.js";
import { RondevuApi } from "./rondevu.js";

const query = new URLSearchParams(location.search);
const Api = { native: NativeApi, rondevu: RondevuApi }[query.get("api")];
const service = query.get("service");
const api = new Api(service);

const show = {
  state(connection) {
    at("signaling").value = connection.signalingState;
    at("gathering").value = connection.iceGatheringState;
    at("connection").value = connection.connectionState;
  },
  ours: (candidate) => append("ours", candidate.candidate),
  theirs: (candidate) => append("theirs", candidate.candidate),
  open: () => (at("say").elements.send.disabled = false),
  received: (message) => append("received", message),
  problem,
};
let peer;

async function start() {
  peer = new Peer(api, show, query.has("relay") ? await relayed() : {});
  return peer;
}

/** A configuration that allows connections through the service's TURN servers only. */
async function relayed() {
  return { ...(await call("GET", `${service}/api/v1/ice-servers`)), iceTransportPolicy: "relay" };
}

onSubmit("offer", async ({ topic }) => {
  at("session").value = await (await start()).offer(topic);
});

onSubmit("join", async ({ code }) => {
  at("session").value = await (await start()).join(code);
});

onSubmit("say", async ({ message }) => peer.say(message));

at("find").onclick = async () => {
  try {
    at("found").replaceChildren();
    const codes = await api.find(at("offer").elements.topic.value);
    codes.forEach((code) => append("found", code));
    append("found", `${codes.length} found`);
  } catch (error) {
    problem(error);
  }
};

function onSubmit(form, action) {
  at(form).onsubmit = async (event) => {
    event.preventDefault();
    try {
      await action(Object.fromEntries(new FormData(at(form))));
    } catch (error) {
      problem(error);
    }
  };
}

function at(id) {
  return document.getElementById(id);
}

function append(list, text) {
  const item = document.createElement("li");
  item.textContent = text;
  at(list).append(item);
}

function problem(error) {
  at("problem").textContent = error.message;
}
