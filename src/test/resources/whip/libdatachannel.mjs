// An encoder in Node with libdatachannel, the library of OBS: sends the VP8 that arrives by RTP at a UDP port. Its offer has no candidates, it
// sends none later, and it stops at the end of its input.
import { createSocket } from 'node:dgram';
import nodeDataChannel from 'node-datachannel';

const [url, port] = process.argv.slice(2);
const pc = new nodeDataChannel.PeerConnection('encoder', { iceServers: [] });
const video = new nodeDataChannel.Video('0', 'SendOnly');
video.addVP8Codec(96);
video.addSSRC(42, 'encoder', 'stream', 'stream-video');
const track = pc.addTrack(video);
const body = await new Promise((resolve) => {
  pc.onLocalDescription(resolve);
  pc.setLocalDescription('Offer');
});

const reply = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/sdp' }, body });
console.log(`offered ${reply.status}`);
pc.setRemoteDescription(await reply.text(), 'Answer');
createSocket('udp4').bind(Number(port), '127.0.0.1').on('message', (packet) => track.isOpen() && track.sendMessageBinary(packet));

process.stdin.resume().on('end', async () => {
  const deleted = await fetch(new URL(reply.headers.get('Location'), url), { method: 'DELETE' });
  console.log(`deleted ${deleted.status}`);
  process.exit();
});
