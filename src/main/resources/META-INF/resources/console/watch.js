// The unanswered sessions in this page's namespace, and the database node that they were read from.

import { Parley } from "../parley.js";
import { at, make, put } from "./elements.js";
import { key, reasonOf } from "./key.js";

const PERIOD_MS = 2_000;
const SHOWN_MAX = 50;
/** The tag of a member of a room, which nobody can join by itself. */
const PRESENT = "present";

/** Any replica may answer, so the lists may be slightly out of date. */
const parley = new Parley(undefined, { key, readFrom: "first-unconstrained", patience: 0 });

/** @param join called with the code of the session to join */
export function watch(join) {
  at("namespace").textContent = key ? "that of your key" : location.origin;
  const over = new AbortController();
  let busy = false;
  const refresh = async () => {
    if (document.hidden || busy) {
      return;
    }
    busy = true;
    try {
      await show(join);
      put("trouble", "");
    } catch (error) {
      put("trouble", reasonOf(error));
      if (error.status === 401) {
        over.abort(); // the page is reloaded with another key
      }
    } finally {
      busy = false;
    }
  };
  refresh();
  const period = setInterval(refresh, PERIOD_MS);
  over.signal.addEventListener("abort", () => clearInterval(period));
  document.addEventListener("visibilitychange", refresh, { signal: over.signal });
}

async function show(join) {
  parley.clearBookmark();
  const [topics, sessions] = await Promise.all([
    parley.topics({ limit: SHOWN_MAX }),
    parley.find(null, { limit: SHOWN_MAX }),
  ]);
  const { node, region, primary } = parley.servedBy;
  at("node").textContent = `${node}, ${primary ? "primary" : "replica"}, region ${region}`;
  const joinable = sessions.filter(({ tags }) => !tags.includes(PRESENT));
  at("count").textContent = sessions.length < SHOWN_MAX ? sessions.length : `${SHOWN_MAX} or more`;
  fill(at("topics"), topics, topicRow);
  fill(at("sessions"), joinable, (session) => sessionRow(session, join));
}

/** Shows `items`. An unchanged list is not replaced, so that it keeps the focus. */
function fill(body, items, row) {
  const state = JSON.stringify(items);
  if (body.dataset.state === state) {
    return;
  }
  body.dataset.state = state;
  body.replaceChildren(...(items.length > 0 ? items.map(row) : [make("tr", null, make("td", "nothing", "None"))]));
}

function topicRow({ topic, sessions }) {
  return make("tr", null, make("td", null, make("bdi", null, topic)), make("td", "number", String(sessions)));
}

function sessionRow({ code, topic, createdAt, expiresAt }, join) {
  const button = make("button", null, "Join");
  button.setAttribute("aria-label", `Join ${code}`);
  button.addEventListener("click", () => join(code));
  return make(
    "tr",
    null,
    make("td", null, make("code", null, code)),
    make("td", null, make("bdi", null, topic ?? "")),
    make("td", "since", clock(createdAt)),
    make("td", "until", clock(expiresAt)),
    make("td", null, button),
  );
}

function clock(instant) {
  return make("bdi", null, new Date(instant).toLocaleTimeString());
}
