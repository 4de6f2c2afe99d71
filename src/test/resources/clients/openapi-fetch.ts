// A handshake by openapi-fetch with the types that openapi-typescript generates from the OpenAPI document.

import createClient from "openapi-fetch";
import {
  answer,
  answererCandidates,
  offer,
  offererCandidates,
  plainCandidate,
  same,
  trickledCandidate,
} from "./candidates";
import type { components, paths } from "./parley-api";

declare const process: { argv: string[] };

// Without text/event-stream, whose replies are not JSON.
const parley = createClient<paths, "application/json" | "application/problem+json">({ baseUrl: process.argv[2]! });

async function handshake(): Promise<void> {
  const opened = succeeded(
    await parley.POST("/api/v1/sessions", { body: { offer, topic: "openapi-fetch", candidates: offererCandidates } }),
  );
  const path = { code: opened.code };

  const found = succeeded(await parley.GET("/api/v1/sessions", { params: { query: { topic: "openapi-fetch" } } }));
  same("the codes found", found.items.map((item) => item.code), [opened.code]);

  const session = succeeded(await parley.GET("/api/v1/sessions/{code}", { params: { path } }));
  same("the offer", session.offer, offer);
  same("the offerer's candidates", session.offerCandidates.map(structured), offererCandidates);

  const joined = succeeded(
    await parley.PUT("/api/v1/sessions/{code}/answer", {
      params: { path },
      body: { answer, candidates: answererCandidates },
    }),
  );
  const trickled = succeeded(
    await parley.POST("/api/v1/sessions/{code}/candidates", {
      params: { path, header: { "Session-Token": token(joined) } },
      body: { candidates: [trickledCandidate, plainCandidate], end: true },
    }),
  );
  same("the candidates added", trickled.added, 2);

  const { events } = succeeded(
    await parley.GET("/api/v1/sessions/{code}/events", { params: { path, query: { after: opened.seq } } }),
  );
  const answerers = events.filter((event) => event.side === "answerer");
  same("the answer", answerers.find((event) => event.type === "answer")?.answer, answer);
  same(
    "the answerer's candidates",
    answerers.filter((event) => event.type === "candidate").map((event) => event.candidate),
    [...answererCandidates, trickledCandidate, plainCandidate],
  );
  same("the last event", answerers.at(-1)?.type, "end-of-candidates");

  const closed = await parley.DELETE("/api/v1/sessions/{code}", {
    params: { path, header: { "Session-Token": token(opened) } },
  });
  same("the status of the deletion", closed.response.status, 204);
  const gone = await parley.GET("/api/v1/sessions/{code}", { params: { path } });
  same("the problem afterwards", gone.error?.type, "urn:parley:problem:session-not-found");
}

function succeeded<T>(reply: { data?: T; error?: components["schemas"]["Problem"] }): T {
  if (reply.data === undefined) {
    throw new Error(reply.error?.detail);
  }
  return reply.data;
}

function token(joined: components["schemas"]["Joined"]): string {
  if (joined.sessionToken === undefined) {
    throw new Error("There is no session token.");
  }
  return joined.sessionToken;
}

/** The argument of `addIceCandidate()`. */
function structured(candidate: components["schemas"]["Candidate"]): RTCIceCandidateInit {
  if (typeof candidate === "string") {
    throw new Error(`A structured candidate came back as a string: ${candidate}`);
  }
  return candidate;
}

void handshake().then(() => console.log("The handshake is complete."));
