// The clients of npm and a peer that answers them, for a test to call.
import { WHIPClient } from 'whip-whep/whip.js';
import { WHEPClient } from 'whip-whep/whep.js';
import { WHIPClient as EyevinnClient } from '@eyevinn/whip-web-client';

/** A video track of a canvas that changes 30 times a second. */
function moving() {
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 });
  const context = canvas.getContext('2d');
  let hue = 0;
  setInterval(() => {
    hue += 7;
    context.fillStyle = `hsl(${hue}, 90%, 50%)`;
    context.fillRect(0, 0, 320, 240);
  }, 33);
  return canvas.captureStream(30);
}

/** The connections of this page, the latest last. */
globalThis.connections = [];

/** Answers every session with the tag of the protocol under the topic, after gathering, until the page is closed. */
globalThis.serve = async (service, topic, tag) => {
  const headers = { 'Content-Type': 'application/json' };
  let etag = '"none"';
  for (;;) {
    const list = await fetch(`${service}/api/v1/sessions?topic=${encodeURIComponent(topic)}&tag=${tag}`, {
      headers: { 'If-None-Match': etag, Prefer: 'wait=25' },
    });
    etag = list.headers.get('ETag');
    for (const { code } of list.status === 200 ? (await list.json()).items : []) {
      const { offer } = await (await fetch(`${service}/api/v1/sessions/${code}`)).json();
      const pc = connection();
      await pc.setRemoteDescription({ type: 'offer', sdp: offer });
      if (tag === 'whep') {
        const sender = pc.getTransceivers()[0];
        sender.direction = 'sendonly';
        await sender.sender.replaceTrack(moving().getVideoTracks()[0]);
      }
      await pc.setLocalDescription();
      while (pc.iceGatheringState !== 'complete') {
        await new Promise((resolve) => pc.addEventListener('icegatheringstatechange', resolve, { once: true }));
      }
      const body = JSON.stringify({ answer: pc.localDescription.sdp });
      const answered = await fetch(`${service}/api/v1/sessions/${code}/answer`, { method: 'PUT', headers, body });
      if (answered.ok) {
        const { sessionToken, seq } = await answered.json();
        follow(`${service}/api/v1/sessions/${code}/events`, seq, pc, sessionToken);
      }
    }
  }
};

/** Applies the candidates of the client; ends the connection with the session. */
async function follow(events, after, pc) {
  for (let closed = false; !closed;) {
    const reply = await fetch(`${events}?after=${after}`, { headers: { Prefer: 'wait=25' } });
    const { events: news, next } = reply.ok ? await reply.json() : { events: [{ type: 'closed' }] };
    after = next;
    for (const event of news) {
      if (event.type === 'candidate') {
        pc.trickled = (pc.trickled ?? 0) + 1;
        await pc.addIceCandidate(event.candidate);
      }
      closed ||= event.type === 'closed';
    }
  }
  pc.wasClosed = true;
  pc.close();
}

function connection() {
  const pc = new RTCPeerConnection();
  connections.push(pc);
  return pc;
}

/** The video frames that connection number `i` of this page has decoded. */
globalThis.frames = async (i = connections.length - 1) => {
  let count = 0;
  (await connections[i]?.getStats())?.forEach((report) => {
    count += report.type === 'inbound-rtp' && report.kind === 'video' ? report.framesDecoded : 0;
  });
  return count;
};

/** An encoder: the npm package whip-whep. */
globalThis.encode = async (url, token) => {
  const pc = connection();
  const stream = moving();
  pc.addTransceiver(stream.getVideoTracks()[0], { direction: 'sendonly', streams: [stream] });
  globalThis.client = new WHIPClient();
  await client.publish(pc, url, token);
  return { resource: `${client.resourceURL}`, etag: client.etag, servers: pc.getConfiguration().iceServers };
};

/** The same with an offer that does not declare the sources of retransmissions, as that of FFmpeg. */
globalThis.encodeUndeclared = (url) => {
  const { fetch } = globalThis;
  globalThis.fetch = (to, options) => {
    const [, id] = /^a=ssrc-group:FID \d+ (\d+)/m.exec(options.body) ?? [];
    return fetch(to, id ? { ...options, body: options.body.replace(new RegExp(`^a=ssrc:${id} .*\r\n`, 'gm'), '') } : options);
  };
  return encode(url);
};

/** `encode`, and again whenever the connection ends, as encoders do. */
globalThis.keepEncoding = async (url) => {
  for (;;) {
    await encode(url).catch(() => new Promise((resolve) => setTimeout(resolve, 200)));
    const pc = connections.at(-1);
    while (!['closed', 'failed', 'disconnected'].includes(pc.connectionState) && pc.remoteDescription) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    pc.close();
  }
};

/** A player: the npm package whip-whep. */
globalThis.view = async (url, token) => {
  const pc = connection();
  pc.addTransceiver('video', { direction: 'recvonly' });
  globalThis.client = new WHEPClient();
  await client.view(pc, url, token);
};

/** An encoder: the npm package @eyevinn/whip-web-client. */
globalThis.encodeEyevinn = async (url, token) => {
  globalThis.client = new EyevinnClient({ endpoint: url, opts: { authkey: token, iceServers: [], noTrickleIce: true, timeout: 500 } });
  await client.setIceServersFromEndpoint?.();
  await client.ingest(moving());
};

document.body.dataset.ready = '';
