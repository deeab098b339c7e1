/** Every bound of the gateway in one place, with its unit and its reason. */

export interface Limits {
  /** From the request to the upstream's headers. */
  upstreamHeadersMs: number;
  /** From the headers to the first content: a model may think. */
  upstreamFirstContentMs: number;
  /** Between two pieces of content. */
  upstreamGapMs: number;
  /** One attempt, from start to end. */
  upstreamTotalMs: number;
  /** A visitor's message, in UTF-16 units. */
  maxMessageChars: number;
  /** What the model is given of the conversation, in estimated tokens (4 characters each). */
  maxContextTokens: number;
  /** What the model is given of the files in it, the newest first. */
  maxContextFileBytes: number;
  /** One file that a visitor sends. */
  maxFileBytes: number;
  /** How many files of one visitor are kept. */
  maxVisitorFiles: number;
  /** And how much they are together. */
  maxVisitorFileBytes: number;
  /** How often the model may call tools in one answer; then it has to answer with what it has. */
  maxToolRounds: number;
  /** A handler of a tool that names no limit of its own. */
  toolTimeoutMs: number;
  /** A call that waits for a person. */
  approvalTimeoutMs: number;
  /** A call that waits for the page. */
  clientToolTimeoutMs: number;
  /** From the opened socket to its `hello`. */
  helloMs: number;
  /** Silence of the gateway after which it gives a sign of life. */
  heartbeatMs: number;
  /** A socket that did not drain for this long is closed; the viewer comes back. */
  stuckSocketMs: number;
  /** Over this many bytes waiting, a viewer is paused. */
  pausedSocketBytes: number;
  /** Over this many, it is closed. */
  maxSocketBytes: number;
  /** A running reply is written to the store at least this often: what a kill -9 can lose. */
  checkpointMs: number;
  /** How long running replies may go on after SIGTERM. */
  drainMs: number;
  /** A gateway that says nothing for this long has died: another may close its replies. It says something every third of it. */
  leaseMs: number;
  /** How often a gateway looks for replies that nobody writes. Longer than a run needs to take its turn (0.2 s). */
  sweepMs: number;
}

export const DEFAULT_LIMITS: Limits = {
  upstreamHeadersMs: 30_000,
  upstreamFirstContentMs: 60_000,
  upstreamGapMs: 30_000,
  upstreamTotalMs: 300_000,
  maxMessageChars: 16_000,
  maxContextTokens: 16_000,
  maxContextFileBytes: 20 * 1024 * 1024,
  maxFileBytes: 10 * 1024 * 1024,
  maxVisitorFiles: 100,
  maxVisitorFileBytes: 100 * 1024 * 1024,
  maxToolRounds: 8,
  toolTimeoutMs: 30_000,
  approvalTimeoutMs: 600_000,
  clientToolTimeoutMs: 120_000,
  helloMs: 5_000,
  heartbeatMs: 25_000,
  stuckSocketMs: 20_000,
  pausedSocketBytes: 64 * 1024,
  maxSocketBytes: 1024 * 1024,
  checkpointMs: 1_000,
  drainMs: 30_000,
  leaseMs: 15_000,
  sweepMs: 10_000,
};
