// Fakes for the cases in this folder.

import http from "node:http";

/** A service whose replies `answer` makes: `{ root, end }`. */
export async function served(answer) {
  const server = http.createServer((request, response) => {
    request.resume();
    const { status = 200, ...body } = answer(`${request.method} ${request.url.slice("/api/v1/".length)}`);
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    root: new URL(`http://127.0.0.1:${server.address().port}/`),
    end() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export const sdp = (fingerprint) => `m=x\r\na=ice-ufrag:u\r\na=fingerprint:sha-256 ${fingerprint}\r\n`;
/** A connection without a network. */
export class FakePc extends EventTarget {
  signalingState = "stable";
  connectionState = "connected";
  createOffer = async () => ({ type: "offer", sdp: sdp("own") });
  createAnswer = async () => ({ type: "answer", sdp: sdp("own") });
  close = () => (this.signalingState = "closed");
  async setLocalDescription(description) {
    this.localDescription = description;
    this.signalingState = description.type === "offer" ? "have-local-offer" : "stable";
  }
  async setRemoteDescription(description) {
    this.remoteDescription = description;
    this.signalingState = description.type === "offer" ? "have-remote-offer" : "stable";
  }
}

/** Until `condition` is true; the caller's deadline is that of the whole program. */
export async function until(condition) {
  while (!condition()) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
