import { Parley, ParleyError } from "parley-client";
import { useCallback, useEffect, useRef, useState } from "react";

const parley = new Parley(import.meta.env.VITE_PARLEY ?? "http://127.0.0.1:8080");

export type PeerState = { kind: "connecting" } | { kind: "connected" } | { kind: "ended"; reason: string };

/**
 * Connects this page with another page that uses the same topic, until the component is removed.
 *
 * @param onMessage is called for each text of the other page; must be the same function in each render
 */
export function usePeer(topic: string, onMessage: (text: string) => void): [PeerState, (text: string) => void] {
  const [state, setState] = useState<PeerState>({ kind: "connecting" });
  const channel = useRef<RTCDataChannel | null>(null);

  useEffect(() => {
    const removed = new AbortController();
    const { signal } = removed;
    let pc: RTCPeerConnection | undefined;

    async function connect(): Promise<void> {
      pc = new RTCPeerConnection({ iceServers: await parley.iceServers({ signal }) });
      channel.current = pc.createDataChannel("chat", { negotiated: true, id: 0 });
      channel.current.addEventListener("message", ({ data }: MessageEvent<string>) => onMessage(data));
      const session = await parley.meet(topic, pc, { signal });
      session.addEventListener("closed", ({ detail: { error } }) => end(error));
      setState({ kind: "connected" });
    }

    function end(error: unknown): void {
      if (!signal.aborted) {
        setState({ kind: "ended", reason: error === null ? "The other page has left." : words(error) });
      }
    }

    connect().catch(end);
    return () => {
      removed.abort();
      pc?.close();
    };
  }, [topic, onMessage]);

  return [state, useCallback((text) => channel.current?.send(text), [])];
}

function words(error: unknown): string {
  return error instanceof ParleyError ? error.detail : String(error);
}
