// The controls of the console page.

import { Parley } from "../parley.js";
import { at, copy } from "./elements.js";
import { key, takeKey } from "./key.js";
import { openRooms } from "./room.js";
import { showSnippets } from "./snippets.js";
import { Talk } from "./talk.js";
import { watch } from "./watch.js";

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
  if (talk.say(at("message").value)) {
    at("message").value = "";
  }
});

at("end").addEventListener("click", () => talk.end("You ended the session."));
at("copy").addEventListener("click", () => copy(at("link").value, at("copy")));
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
openRooms();
watch(join);
showSnippets();

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
