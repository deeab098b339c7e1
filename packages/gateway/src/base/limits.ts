/** All configurable bounds of the gateway, with their units. */

/** The bounds of a gateway. Milliseconds, bytes, UTF-16 code units or counts, as the names say. */
export interface Limits {
  /** From the request to the upstream's response headers. */
  upstreamHeadersMs: number;
  /** From the headers to the first content; long, because a model may reason first. */
  upstreamFirstContentMs: number;
  /** Between two pieces of content. */
  upstreamGapMs: number;
  /** One answer of the upstream, from the request to its end. */
  upstreamTotalMs: number;
  /** How often one request is repeated to upstreams that failed before the first content of their answer. 0: never. */
  maxUpstreamRetries: number;
  /** From the first request to the last one that repeats it. */
  upstreamRetryMs: number;
  /** Requests that one upstream (host and model) answers at once on this gateway; others wait. */
  maxUpstreamRequests: number;
  /** Replies that wait for one upstream. */
  maxUpstreamWaiting: number;
  /** How long a reply waits for its turn. */
  upstreamWaitMs: number;
  /** A visitor's message, in UTF-16 code units. */
  maxMessageChars: number;
  /** The text of one answer, with its reasoning and the inputs of its tool calls, in UTF-16 code units. A longer answer is cut. */
  maxAnswerChars: number;
  /** The part of the conversation that the model gets, in estimated tokens; less when the window of the model is smaller. */
  maxContextTokens: number;
  /** The files of the conversation that the model gets, the newest first. */
  maxContextFileBytes: number;
  /** One uploaded file. */
  maxFileBytes: number;
  /** The number of files kept for one visitor. */
  maxVisitorFiles: number;
  /** The total size of the files kept for one visitor. */
  maxVisitorFileBytes: number;
  /** How many times the model may call tools in one answer; then it must answer without them. */
  maxToolRounds: number;
  /** The handler of a tool that has no limit of its own. */
  toolTimeoutMs: number;
  /** How long a tool call waits for approval. */
  approvalTimeoutMs: number;
  /** How long a client tool call waits for its output from the page. */
  clientToolTimeoutMs: number;
  /** From the opened socket to its `hello`. */
  helloMs: number;
  /**
   * From the first byte of a request, or of a WebSocket message, to its last. The upload of a file may take longer, as long as it
   * goes on.
   */
  requestMs: number;
  /** After this time of silence the gateway sends a `pong`; it also pings WebSockets at this interval. */
  heartbeatMs: number;
  /** A socket that has not drained for this long is closed; the viewer reconnects. */
  stuckSocketMs: number;
  /** With more bytes than this in its send buffer, a viewer is paused. */
  pausedSocketBytes: number;
  /** With more bytes than this in its send buffer, a connection is closed. */
  maxSocketBytes: number;
  /**
   * How often the progress of running replies is written to the store: what a kill -9 can lose. Default: 30, or 250 with an event log that
   * gateways share, which keeps it, too.
   */
  checkpointMs: number;
  /** How long running replies may continue after SIGTERM. */
  drainMs: number;
  /**
   * The lease of a conversation's writer. It is renewed every third of this time; a gateway that has not renewed it is taken for
   * dead, and another one closes its replies, after this time and about two `sweepMs` more.
   */
  leaseMs: number;
  /** How often a gateway looks for replies without a writer, give or take a tenth. Longer than a run takes to start (0.2 s). */
  sweepMs: number;
}

/** The defaults of all limits. */
export const DEFAULT_LIMITS: Limits = {
  upstreamHeadersMs: 30_000,
  upstreamFirstContentMs: 60_000,
  upstreamGapMs: 30_000,
  upstreamTotalMs: 300_000,
  maxUpstreamRetries: 2,
  upstreamRetryMs: 10_000,
  maxUpstreamRequests: 500,
  maxUpstreamWaiting: 500,
  upstreamWaitMs: 30_000,
  maxMessageChars: 16_000,
  // Twice what 128,000 tokens of English are, which is the most that today's models write at once.
  maxAnswerChars: 1_048_576,
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
  requestMs: 15_000,
  heartbeatMs: 25_000,
  stuckSocketMs: 20_000,
  pausedSocketBytes: 64 * 1024,
  maxSocketBytes: 1024 * 1024,
  checkpointMs: 30,
  drainMs: 30_000,
  leaseMs: 9_000,
  sweepMs: 2_000,
};
