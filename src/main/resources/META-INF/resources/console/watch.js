// Who waits in this page's namespace now, and which node of the database says so.

import { Parley } from "../parley.js";
import { at, make } from "./elements.js";
import { askFor, key } from "./key.js";

const PERIOD_MS = 2_000;
const SHOWN_MAX = 50;

/** Any replica may answer: what is shown may be a moment old. */
const parley = new Parley(undefined, { key, readFrom: "first-unconstrained", patience: 0 });

/** @param join called with the code of a session that the user wants to join */
export function watch(join) {
  at("namespace").textContent = key ? "of your key" : location.origin;
  const look = () => {
    if (!document.hidden) {
      show(join).catch((error) => {
        askFor(error);
        at("node").textContent = error.detail ?? error.message;
      });
    }
  };
  look();
  setInterval(look, PERIOD_MS);
  document.addEventListener("visibilitychange", look);
}

async function show(join) {
  parley.clearBookmark();
  const [topics, sessions] = await Promise.all([
    parley.topics({ limit: SHOWN_MAX }),
    parley.find(null, { limit: SHOWN_MAX }),
  ]);
  const { node, region, primary } = parley.servedBy;
  at("node").textContent = `${node}, ${primary ? "primary" : "replica"}, region ${region}`;
  at("count").textContent = sessions.length < SHOWN_MAX ? sessions.length : `${SHOWN_MAX} or more`;
  fill(at("topics"), topics, 2, topicRow);
  fill(at("sessions"), sessions, 5, (session) => sessionRow(session, join));
}

/** Shows `items`. What has not changed is left alone, and with it the focus that may be in it. */
function fill(body, items, columns, row) {
  const state = JSON.stringify(items);
  if (body.dataset.state === state) {
    return;
  }
  body.dataset.state = state;
  const nothing = make("td", "nothing", "None at the moment");
  nothing.colSpan = columns;
  body.replaceChildren(...(items.length > 0 ? items.map(row) : [make("tr", null, nothing)]));
}

function topicRow({ topic, sessions }) {
  return make("tr", null, make("td", null, topic), make("td", "number", String(sessions)));
}

function sessionRow({ code, topic, createdAt, expiresAt }, join) {
  const button = make("button", null, "Join");
  button.setAttribute("aria-label", `Join ${code}`);
  button.addEventListener("click", () => join(code));
  return make(
    "tr",
    null,
    make("td", null, make("code", null, code)),
    make("td", null, topic ?? ""),
    make("td", "since", clock(createdAt)),
    make("td", "until", clock(expiresAt)),
    make("td", null, button),
  );
}

function clock(instant) {
  return new Date(instant).toLocaleTimeString();
}
