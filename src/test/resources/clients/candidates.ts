// The data that both handshakes send, in the types of browsers, and their comparison.

export const offer = "v=0\r\no=- 4611731 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
export const answer = "v=0\r\no=- 9876543 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

export const offererCandidates: RTCIceCandidateInit[] = [
  {
    candidate: "candidate:1 1 udp 2122252543 192.0.2.7 54321 typ host",
    sdpMid: "0",
    sdpMLineIndex: 0,
    usernameFragment: "a1b2",
  },
  { candidate: "candidate:2 1 udp 1686052607 198.51.100.7 54321 typ srflx", sdpMid: null, sdpMLineIndex: 1 },
];

export const answererCandidates: RTCIceCandidateInit[] = [
  { candidate: "candidate:3 1 udp 2122252543 203.0.113.9 40000 typ host", sdpMid: "audio", usernameFragment: null },
];

export const trickledCandidate: RTCIceCandidateInit = {
  candidate: "candidate:4 1 tcp 1518280447 203.0.113.9 9 typ host tcptype active",
  sdpMid: "0",
  sdpMLineIndex: 0,
};

export const plainCandidate = "candidate:5 1 udp 41885439 203.0.113.9 50000 typ relay";

/** Compares as JSON, without regard to the order of members and to undefined members. */
export function same(what: string, actual: unknown, expected: unknown): void {
  const [is, shouldBe] = [canonical(actual), canonical(expected)];
  if (is !== shouldBe) {
    throw new Error(`${what}: ${is} instead of ${shouldBe}`);
  }
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  );
}
