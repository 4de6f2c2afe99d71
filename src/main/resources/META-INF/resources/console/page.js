// The console page: its controls, and what they set going.

import { Parley } from "../parley.js";
import { at } from "./elements.js";
import { askFor, key, takeKey } from "./key.js";
import { Talk } from "./talk.js";
import { watch } from "./watch.js";

const COPIED_MS = 2_000;

const parley = new Parley(undefined, { key });
let talk = null;
let invitation = "";

at("start").addEventListener("submit", (event) => {
  event.preventDefault();
  const topic = at("start").elements.topic.value.trim() || null;
  begin((peer, signal) => parley.host(peer, { topic, signal }));
});

at("say").addEventListener("submit", (event) => {
  event.preventDefault();
  talk.say(at("message").value);
  at("message").value = "";
});

at("end").addEventListener("click", () => talk.end("You have ended it."));
at("copy").addEventListener("click", copyLink);
at("link").addEventListener("focus", () => at("link").select());
if (navigator.share) {
  at("share").hidden = false;
  at("share").addEventListener("click", () => navigator.share({ title: "Parley", url: at("link").value }).catch(() => {}));
}

addEventListener("hashchange", acceptInvitation);
addEventListener("pagehide", () => talk?.end("You have left."));
takeKey(() => invitation);
acceptInvitation();
watch(join);

/** Who came by a link joins. An invitation is used up by that, so the address does not keep it. */
function acceptInvitation() {
  const code = parley.fromLink();
  if (code) {
    invitation = location.hash;
    history.replaceState(null, "", location.pathname + location.search);
    join(code);
  }
}

function join(code) {
  begin((peer, signal) => parley.join(code, peer, { signal }));
}

function begin(meet) {
  talk?.end("");
  talk = new Talk(parley, async (peer, signal) => {
    try {
      return await meet(peer, signal);
    } catch (error) {
      askFor(error);
      throw error;
    }
  });
}

async function copyLink() {
  at("link").select();
  // The clipboard is only for pages that came by TLS or from this machine.
  await (navigator.clipboard?.writeText(at("link").value) ?? document.execCommand("copy"));
  at("copy").textContent = "Copied";
  setTimeout(() => (at("copy").textContent = "Copy"), COPIED_MS);
}
