// A handshake by the client that openapi-generator (typescript-fetch) generates from the OpenAPI document.

import {
  answer,
  answererCandidates,
  offer,
  offererCandidates,
  plainCandidate,
  same,
  trickledCandidate,
} from "./candidates";
import { Configuration, DiscoveryApi, ResponseError, SessionsApi } from "./parley-api";
import type { Candidate, Joined } from "./parley-api";

declare const process: { argv: string[] };

const configuration = new Configuration({ basePath: process.argv[2]! });
const discovery = new DiscoveryApi(configuration);
const sessions = new SessionsApi(configuration);

async function handshake(): Promise<void> {
  const opened = await sessions.openSession({
    open: { offer, topic: "typescript-fetch", candidates: offererCandidates },
  });
  const { code } = opened;

  const found = await discovery.findSessions({ topic: "typescript-fetch" });
  same("the codes found", found.items.map((item) => item.code), [code]);

  const session = await sessions.readSession({ code });
  same("the offer", session.offer, offer);
  same("the offerer's candidates", session.offerCandidates.map(structured), offererCandidates);

  const joined = await sessions.answerSession({ code, answer: { answer, candidates: answererCandidates } });
  const trickled = await sessions.trickle({
    code,
    sessionToken: token(joined),
    candidates: { candidates: [trickledCandidate, plainCandidate], end: true },
  });
  same("the candidates added", trickled.added, 2);

  const { events } = await sessions.readEvents({ code, after: opened.seq });
  const answerers = events.filter((event) => event.side === "answerer");
  same("the answer", answerers.find((event) => event.type === "answer")?.answer, answer);
  same(
    "the answerer's candidates",
    answerers.filter((event) => event.type === "candidate").map((event) => event.candidate),
    [...answererCandidates, trickledCandidate, plainCandidate],
  );
  same("the last event", answerers.at(-1)?.type, "end-of-candidates");

  const closed = await sessions.closeSessionRaw({ code, sessionToken: token(opened) });
  same("the status of the deletion", closed.raw.status, 204);
  const gone = await sessions.readSession({ code }).catch((error: unknown) => error);
  same("the status afterwards", gone instanceof ResponseError && gone.response.status, 404);
}

function token(joined: Joined): string {
  if (joined.sessionToken === undefined) {
    throw new Error("There is no session token.");
  }
  return joined.sessionToken;
}

/** As `addIceCandidate()` takes it. */
function structured(candidate: Candidate): RTCIceCandidateInit {
  if (typeof candidate === "string") {
    throw new Error(`A structured candidate came back as a string: ${candidate}`);
  }
  return candidate;
}

void handshake().then(() => console.log("The handshake is complete."));
