// The controls of the console page.

import { Parley } from "../parley.js";
import { at } from "./elements.js";
import { key, takeKey } from "./key.js";
import { Talk } from "./talk.js";
import { watch } from "./watch.js";

const COPIED_MS = 2_000;

const parley = new Parley(undefined, { key });
let talk = null;
let invitation = "";

at("start").addEventListener("submit", (event) => {
  event.preventDefault();
  const topic = at("start").elements.topic.value.trim() || null;
  begin("offerer", (peer, signal) => parley.host(peer, { topic, signal }));
});

at("say").addEventListener("submit", (event) => {
  event.preventDefault();
  talk.say(at("message").value);
  at("message").value = "";
});

at("end").addEventListener("click", () => talk.end("You ended the session."));
at("copy").addEventListener("click", copyLink);
at("link").addEventListener("focus", () => at("link").select());
if (navigator.share) {
  at("share").hidden = false;
  at("share").addEventListener("click", () => navigator.share({ title: "Parley", url: at("link").value }).catch(() => {}));
}

at("local").hidden = !["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
addEventListener("hashchange", acceptInvitation);
addEventListener("pagehide", () => talk?.end("You left."));
takeKey(() => invitation);
acceptInvitation();
watch(join);

/** Joins the session of the link that was opened, and removes the link from the address, since it works once. */
function acceptInvitation() {
  const code = parley.fromLink();
  if (code) {
    invitation = location.hash;
    history.replaceState(null, "", location.pathname + location.search);
    join(code);
  }
}

function join(code) {
  begin("answerer", (peer, signal) => parley.join(code, peer, { signal }));
}

function begin(side, meet) {
  talk?.end("");
  talk = new Talk(parley, side, meet);
}

async function copyLink() {
  at("link").select();
  // Browsers allow access to the clipboard only to pages from this machine or with TLS.
  await (navigator.clipboard?.writeText(at("link").value) ?? document.execCommand("copy"));
  at("copy").textContent = "Copied";
  setTimeout(() => (at("copy").textContent = "Copy"), COPIED_MS);
}
