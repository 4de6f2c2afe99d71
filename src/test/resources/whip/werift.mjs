// An encoder in Node with werift: sends the VP8 that arrives by RTP at a UDP port, trickles its candidates, and stops at the end of its input.
import { createSocket } from 'node:dgram';
import { MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters } from 'werift';

const [url, port] = process.argv.slice(2);
const vp8 = new RTCRtpCodecParameters({ mimeType: 'video/VP8', clockRate: 90000, payloadType: 96 });
const pc = new RTCPeerConnection({ codecs: { video: [vp8] }, iceServers: [] });
const track = new MediaStreamTrack({ kind: 'video' });
pc.addTransceiver(track, { direction: 'sendonly' });
await pc.setLocalDescription(await pc.createOffer());
const offer = pc.localDescription.sdp;
const candidates = offer.match(/^a=candidate:.*$/gm) ?? [];

const reply = await fetch(url, {
  method: 'POST',
  headers: { 'Content-Type': 'application/sdp' },
  body: offer.replace(/^a=(candidate:.*|end-of-candidates)\r?\n/gm, ''),
});
console.log(`offered ${reply.status}`);
const session = new URL(reply.headers.get('Location'), url);
await pc.setRemoteDescription({ type: 'answer', sdp: await reply.text() });
const line = (name) => offer.match(new RegExp(`^a=${name}:.*$`, 'm'))[0].trim();
const fragment = [line('ice-ufrag'), line('ice-pwd'), 'm=video 9 UDP/TLS/RTP/SAVPF 0', line('mid'), ...candidates.map((text) => text.trim())];
const trickled = await fetch(session, {
  method: 'PATCH',
  headers: { 'Content-Type': 'application/trickle-ice-sdpfrag', 'If-Match': reply.headers.get('ETag') },
  body: `${fragment.join('\r\n')}\r\na=end-of-candidates\r\n`,
});
console.log(`trickled ${trickled.status} ${candidates.length}`);
createSocket('udp4').bind(Number(port), '127.0.0.1').on('message', (packet) => track.writeRtp(packet));

process.stdin.resume().on('end', async () => {
  const deleted = await fetch(session, { method: 'DELETE' });
  console.log(`deleted ${deleted.status}`);
  process.exit();
});
