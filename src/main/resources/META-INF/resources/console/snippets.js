// A room in the code of several frameworks, with the address of this service.

import { at, make } from "./elements.js";

const IMPORT = `import { Parley } from '${new URL("parley.js", location.href).href}';
const parley = new Parley();`;

const SNIPPETS = {
  JavaScript: `${IMPORT}
const room = await parley.room('tea', { data: { name: 'Ada' } });
room.addEventListener('join', ({ detail: { peer } }) => {
  peer.channel.onmessage = ({ data }) => console.log(peer.data.name, data);
});
room.addEventListener('peer', ({ detail: { peer } }) => peer.channel.send('hello'));`,

  React: `import { useEffect, useState } from 'react';
${IMPORT}

export function useRoom(topic) {
  const [peers, setPeers] = useState([]);
  useEffect(() => {
    const left = new AbortController();
    parley.room(topic, { signal: left.signal }).then((room) => {
      const show = () => setPeers(room.peers);
      for (const type of ['join', 'peer', 'leave']) room.addEventListener(type, show);
      show();
    }, console.warn);
    return () => left.abort();
  }, [topic]);
  return peers;
}`,

  Vue: `import { onUnmounted, shallowRef } from 'vue';
${IMPORT}

export function useRoom(topic) {
  const peers = shallowRef([]);
  const left = new AbortController();
  parley.room(topic, { signal: left.signal }).then((room) => {
    const show = () => (peers.value = room.peers);
    for (const type of ['join', 'peer', 'leave']) room.addEventListener(type, show);
    show();
  }, console.warn);
  onUnmounted(() => left.abort());
  return peers;
}`,

  Svelte: `${IMPORT}
let { topic } = $props();
let peers = $state.raw([]);
$effect(() => {
  const left = new AbortController();
  parley.room(topic, { signal: left.signal }).then((room) => {
    const show = () => (peers = room.peers);
    for (const type of ['join', 'peer', 'leave']) room.addEventListener(type, show);
    show();
  }, console.warn);
  return () => left.abort();
});`,
};

export function showSnippets() {
  for (const [name, code] of Object.entries(SNIPPETS)) {
    const text = make("pre", null, make("code", null, code));
    text.dir = "ltr";
    at("snippets").append(make("details", null, make("summary", null, name), text));
  }
}
