// One peer of a WebRTC connection. The API that it is given does the signaling:
//
//   api.open(topic, offer)   opens a session with an SDP offer
//   api.join(code)           finds the session that the other peer opened
//
// Both resolve to a session, one side of the rendezvous:
//
//   session.code
//   session.offer               the other peer's SDP offer, in a joined session
//   session.answer(sdp)         fails unless this is the first answer
//   session.trickle(candidate)  sends a local RTCIceCandidate, or null after the last one
//   session.listen()            the messages of the other peer since the last call: { answer, candidates }

const POLL_INTERVAL_MS = 200;

export class Peer {
  #api;
  #show;
  #channel;
  #connection;

  /**
   * @param show listener with state(connection), ours(candidate), theirs(candidate), open() when messages can be sent,
   *   received(message), problem(error)
   * @param configuration an RTCConfiguration; two pages on one machine need neither STUN nor TURN
   */
  constructor(api, show, configuration = {}) {
    this.#api = api;
    this.#show = show;
    this.#connection = new RTCPeerConnection(configuration);
    for (const change of ["signalingstatechange", "icegatheringstatechange", "connectionstatechange"]) {
      this.#connection.addEventListener(change, () => show.state(this.#connection));
    }
  }

  /** Opens a session under `topic`; resolves to its code. */
  async offer(topic) {
    this.#talkThrough(this.#connection.createDataChannel("talk"));
    const offer = await this.#connection.createOffer();
    const session = await this.#api.open(topic, offer.sdp);
    // Candidates are gathered after setLocalDescription(), so the session exists before the first one.
    this.#trickleInto(session);
    await this.#connection.setLocalDescription(offer);
    this.#follow(session);
    return session.code;
  }

  /** Answers the session with that code, unless it is already answered. */
  async join(code) {
    const session = await this.#api.join(code);
    this.#connection.ondatachannel = ({ channel }) => this.#talkThrough(channel);
    await this.#connection.setRemoteDescription({ type: "offer", sdp: session.offer });
    const answer = await this.#connection.createAnswer();
    await session.answer(answer.sdp);
    this.#trickleInto(session);
    await this.#connection.setLocalDescription(answer);
    this.#follow(session);
    return session.code;
  }

  /** Sends a message over the connection, not through the service. */
  say(message) {
    this.#channel.send(message);
  }

  #talkThrough(channel) {
    this.#channel = channel;
    channel.onopen = () => this.#show.open();
    channel.onmessage = ({ data }) => this.#show.received(data);
  }

  #trickleInto(session) {
    this.#connection.onicecandidate = ({ candidate }) => {
      if (candidate) {
        this.#show.ours(candidate);
      }
      session.trickle(candidate).catch(this.#show.problem);
    };
  }

  /** Continues to poll after the connection, since better candidates may follow. */
  async #follow(session) {
    try {
      while (this.#connection.connectionState !== "closed") {
        await this.#take(await session.listen());
        await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
      }
    } catch (error) {
      this.#show.problem(error);
    }
  }

  /** The answer first, since candidates need a remote description. */
  async #take({ answer, candidates }) {
    if (answer && this.#connection.signalingState === "have-local-offer") {
      await this.#connection.setRemoteDescription({ type: "answer", sdp: answer });
    }
    for (const candidate of candidates) {
      await this.#connection.addIceCandidate(candidate);
      this.#show.theirs(candidate);
    }
  }
}
