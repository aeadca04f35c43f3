/** Every bound of a callback listener. Tests inject smaller ones; configuration cannot. */
export interface HttpLimits {
  readonly bodyBytesMax: number
  readonly bodyReadMs: number
  readonly formFieldsMax: number
  readonly unverifiedBodiesMax: number
  readonly decideMsMax: number
  readonly cosignerDecideMsMax: number
  readonly readyMsMax: number
  readonly signingWaitMsMax: number
  readonly sharedAnswerMs: number
  readonly lingerMs: number
  readonly lingerBytesMax: number
  readonly headersMs: number
  readonly headerBytesMax: number
  readonly keepAliveMs: number
  readonly connectionsMax: number
  readonly tlsPollMs: number
  readonly tlsSettleMs: number
}

export const HTTP_LIMITS: HttpLimits = {
  /** Triple encoding inflates a request 1.78 times and EIP-712 data travels twice (protocol/cobo.md 1.7): 4 MiB. */
  bodyBytesMax: 4 * 1024 * 1024,
  /** Half of the 10 s that a node waits: a slower body leaves no time to decide. */
  bodyReadMs: 5_000,
  /** One field is read. More are tolerated, but never so many that a second token could hide behind the parser's own limit. */
  formFieldsMax: 16,
  /** What strangers can make this process hold: 64 bodies of 4 MiB are 256 MiB. */
  unverifiedBodiesMax: 64,
  /** The node hangs up after 10 s; a decision has a deadline of 8 s (DESIGN.md, Deciding 4), signing needs the rest. */
  decideMsMax: 9_000,
  /** A Co-signer waits 30 s from its request on (protocol/fireblocks.md 4); a decision has a deadline of 25 s, signing needs the rest. */
  cosignerDecideMsMax: 27_000,
  /** A readiness probe that hangs is an answer: not ready. */
  readyMsMax: 2_000,
  /** 9 s to decide and 1 s to wait for a slot fill the node's 10 s; a Co-signer's 30 s leave as much. */
  signingWaitMsMax: 1_000,
  /** Answers to unverifiable requests are signed once per second per cause (DESIGN.md, Rules that hold everywhere). */
  sharedAnswerMs: 1_000,
  /** Closing on a sender in full flow resets the connection and loses the answer; so what it still sends is thrown away this long. */
  lingerMs: 1_000,
  /** One body that is a little over the limit and still arrives whole; nothing beyond is listened to. */
  lingerBytesMax: 8 * 1024 * 1024,
  /** A node writes its headers at once. */
  headersMs: 5_000,
  /** A callback request has about 200 bytes of headers, one through proxies a few kilobytes. */
  headerBytesMax: 16 * 1024,
  /** Longer than `monitor_interval` 10s of the samples (protocol/cobo.md 1.6), so that pings reuse a connection. */
  keepAliveMs: 15_000,
  /** An idle connection is cheap, not free; a caller needs a handful. */
  connectionsMax: 1_024,
  /** A renewed certificate is worth days: three looks at the clock of a file in two seconds cost nothing. */
  tlsPollMs: 2_000,
  /** Longer than a poll, so that a key replaced right after its certificate is seen before either is read. */
  tlsSettleMs: 3_000,
}
