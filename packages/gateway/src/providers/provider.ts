/** The interface of a provider: an adapter that turns one request to a model into a stream of provider events. */
import type { ErrorCode, FinishReason } from '@rivulet/protocol';
import type { Limits } from '../base/index.ts';
import type { ProviderMetadata } from './provider-metadata.ts';
import type { RequestSettings } from './request-settings.ts';
import type { ProviderUsage } from './usage.ts';

/** A file that a visitor attached. */
export interface ProviderFile {
  name: string;
  mediaType: string;
  sizeBytes: number;
  /** Absent when the file exceeds the budget or was deleted; the model is then told its name, type and size only. */
  bytes?: Uint8Array;
  /** Whether the upstream takes no such files: the model is then told that it cannot read it. */
  isRefused?: boolean;
  /** Whether `bytes` are only the beginning of the file. */
  isCut?: boolean;
}

/** A tool call that the model made. */
export interface ProviderCall {
  /** Unique in the conversation; not the upstream's own id. */
  callId: string;
  name: string;
  /** JSON text, as the model wrote it. */
  input: string;
}

/** A message of the conversation, as the model gets it. */
export type ProviderMessage =
  | { role: 'system'; text: string }
  | { role: 'user'; text: string; files?: readonly ProviderFile[] }
  /**
   * With calls, it is followed by one `tool` message for each of them. `metadata` is what the upstream attached to it; `reasoning` is
   * present when that upstream wants it back. Both are for the upstream of the metadata's origin only.
   */
  | {
      role: 'assistant';
      text: string;
      calls?: readonly ProviderCall[];
      reasoning?: string;
      metadata?: ProviderMetadata;
    }
  /** The output of a call, as JSON text. */
  | { role: 'tool'; callId: string; text: string };

/** A tool that the model may call. */
export interface ProviderTool {
  name: string;
  description: string;
  /** JSON Schema of the input; its type is `object`. */
  parameters: Readonly<Record<string, unknown>>;
}

/** One request to a model. */
export interface ProviderRequest {
  /** Oldest first; the last one is from the visitor or from a tool. Already cut to the token budget. */
  messages: readonly ProviderMessage[];
  /** Overrides the provider's own model. */
  model?: string;
  /** The tools that the model may call. Default: none. */
  tools?: readonly ProviderTool[];
  /** Settings that replace those of the provider, one by one. Default: none. */
  settings?: RequestSettings;
  /** `none`: the model must answer without calling a tool. Default: `auto`. */
  toolChoice?: 'auto' | 'none';
  /**
   * To be called each time the request is sent to an upstream, immediately before, so that what it costs is counted: once for each
   * attempt and each upstream of a chain. A provider that does not call it is taken to have sent the request when it yields
   * `response-started`.
   * @param model the name of the model, by which its price is found
   * @returns what to call when the upstream has refused the request, so that it costs nothing
   */
  onCall?: (model: string) => () => void;
  /** Asks for an answer that goes on without a connection. An upstream that has none answers as usual. Default: an answer as usual. */
  background?: BackgroundRequest;
  /** Who asks. Default: nobody that waits in turn with others. */
  caller?: ProviderCaller;
}

/** An answer that an upstream writes also without a connection, and that can be read again from its beginning. */
export interface ResponseReference {
  /** Names the adapter, the upstream and the model. */
  origin: string;
  id: string;
}

/** How an answer in the background is asked for. */
export interface BackgroundRequest {
  /** The answer to read again from its beginning, in place of a new one. */
  resume?: ResponseReference | undefined;
  /** Called when the upstream has named a new answer. It may go on without a reader: who does not want it any more cancels it. */
  onResponse: (response: ResponseReference) => void;
}

/** The answers that an upstream has written in the background. References of another upstream are not looked up. */
export interface ProviderBackground {
  /** Whether an answer is there to be read. Must not reject. */
  has(response: ResponseReference, signal: AbortSignal): Promise<boolean>;
  /** Cancels an answer, so that it costs no more. Must not reject: one that cannot be cancelled ends by itself. */
  cancel(response: ResponseReference): Promise<void>;
}

/** Why an answer waits before its first content. `queue`: for a free slot of the upstream. `retry`: until a failed one is asked again. */
export type WaitReason = 'queue' | 'retry';

/** A request to an upstream that is sent now, for a trace. */
export interface TracedRequest {
  /** The name of the provider. */
  provider: string;
  /** The upstream, as logs and metrics name it. */
  upstream: string;
  model: string | undefined;
  server: Provider['server'];
  messages: readonly ProviderMessage[];
}

/** Follows one request to an upstream. */
export interface RequestTrace {
  /** Headers that name the trace to the upstream; empty when it is not told. */
  readonly headers: Readonly<Record<string, string>>;
  /** Calls `work` so that what it sends belongs to the request. */
  run<Result>(work: () => Result): Result;
  /** The answer has its first content. */
  firstContent(): void;
  /** The request has ended: with a failure, with the end of the answer, or with neither because it was cancelled. */
  end(failure: unknown, finished: FinishedEvent | undefined): void;
}

/** A request that was sent to an upstream, and what came of it. */
export interface SentRequest {
  /** The upstream, as logs and metrics name it. */
  upstream: string;
  /** The name of the provider. */
  provider: string;
  /** Undefined when it is not known. */
  model: string | undefined;
  /** Why it failed, also after it had begun to answer: the code, and the HTTP status if there was one. Absent: it did not fail. */
  failure?: { code: ErrorCode; status: number | undefined };
}

/** The run that a request belongs to. An adapter needs little of it: the gateway's rules for upstreams do. */
export interface ProviderCaller {
  /** Sites, and the visitors of a site, wait in turn. */
  siteId: string;
  visitorId: string;
  /** The request id of the run: a letter, digit, `-` or `_` each. An upstream that takes one is sent it in a header. */
  requestId?: string;
  /** The upstream's own ids of the requests that it has answered, added by the adapter that reads them. */
  upstreamRequestIds?: string[];
  /** The requests that were sent, in order, added by the gateway: what the operator is shown of the run. */
  sent?: SentRequest[];
  /** Begins the trace of a request; absent when nothing is traced. */
  startTrace?: ((request: TracedRequest) => RequestTrace) | undefined;
  /** The trace of the request that is sent now, set by the gateway. An adapter sends it within its `run`, with its headers. */
  trace?: RequestTrace | undefined;
  /** For the log. */
  facts?: Readonly<Record<string, string>>;
  /** Called when the answer begins to wait, and with undefined when it waits no longer. Waits that nobody would notice are left out. */
  onWait?: (reason: WaitReason | undefined) => void;
  /** The messages without the oldest ones, for an upstream whose model takes less than the first one of the chain. */
  fit?: (messages: readonly ProviderMessage[], limits: ModelLimits) => readonly ProviderMessage[];
  /** Who wrote the last round of the run, set by the gateway: it is asked first for the next one, because it gets its own metadata back. */
  answeredBy?: Provider | undefined;
  /** The same upstream, as logs and metrics name it: its own name, host and model. */
  answeredByName?: string | undefined;
}

/** An event of a provider's stream. */
export type ProviderEvent =
  /** The response headers have arrived. First, exactly once; a chain may yield it again when it calls another upstream. */
  | { type: 'response-started' }
  | { type: 'text-delta'; text: string }
  | { type: 'reasoning-delta'; text: string }
  /** The text since the last other content was reasoning: its closing tag came, and there had been no opening one. */
  | { type: 'text-was-reasoning' }
  /** `callId` is unique in this answer; the run makes it unique in the conversation. */
  | { type: 'tool-call-started'; callId: string; name: string }
  /** A piece of the JSON text of the call's input. It belongs to the latest call that was started with this id. */
  | { type: 'tool-call-delta'; callId: string; text: string }
  | { type: 'source'; sourceId: string; title: string; url?: string; excerpt?: string }
  /** A complete value for a renderer. See PROTOCOL.md §10. */
  | { type: 'data'; name: string; value: unknown }
  /** Last, exactly once, and only when the upstream said that the answer is complete. */
  | {
      type: 'finished';
      reason: Extract<FinishReason, 'stop' | 'length' | 'tool' | 'blocked'>;
      /** Of this answer. What is not valid counts as not reported, see `validUsage`. */
      usage?: ProviderUsage;
      /** What was unusual about the end, for the operator's log. It contains no text of a conversation. */
      remark?: string;
      /** What the upstream attached to the answer. Its calls have the ids of the events. */
      metadata?: ProviderMetadata;
    };

/** The end of an answer. */
export type FinishedEvent = Extract<ProviderEvent, { type: 'finished' }>;

/** The events that a provider got at once, for example with one read from the network. Never empty. */
export interface ProviderBatch extends ReadonlyArray<ProviderEvent> {
  /** When they were read, in milliseconds of `performance.now`. A sample for metrics: most batches have none. */
  readAtMs?: number;
}

/** What a provider yields: one event, or several. */
export type ProviderOutput = ProviderEvent | ProviderBatch;

/** The events of one output, in order. */
export const providerEventsOf = (output: ProviderOutput): readonly ProviderEvent[] =>
  'type' in output ? [output] : output;

/** What a model takes, as far as it is known. In tokens. */
export interface ModelLimits {
  /** The context window: the request and the answer together. */
  windowTokens?: number | undefined;
  /** The longest answer that the request asks for. */
  answerTokens?: number | undefined;
}

/** A source of answers. It knows neither sequence numbers nor sockets nor stores. */
export interface Provider {
  /** The name in logs and metrics: `openai`, `demo`. */
  readonly name: string;
  /** What no answer and no log may show, such as its keys. A method, so that nothing prints it by mistake. Default: nothing. */
  secrets?(): readonly string[];
  /** The providers that it chooses from, the preferred one first, if it is made of several: see `createFallbackProvider`. */
  readonly upstreams?: readonly Provider[];
  /**
   * Names the upstream of a request by its host and model, in logs and metrics. Requests of one name share a circuit breaker and the
   * limit of requests at once. Default: the name of the provider and the model of the request.
   */
  upstreamOf?(request: Pick<ProviderRequest, 'model'>): string;
  /** The host and the port of its upstream, for traces. */
  readonly server?: { readonly host: string; readonly port: number } | undefined;
  /** How many requests its upstream answers at once. Default: `Limits.maxUpstreamRequests`. */
  readonly maxRequests?: number | undefined;
  /** The limits of the model that a request is for. Default: not known. */
  modelLimits?(request: Pick<ProviderRequest, 'model' | 'settings'>): ModelLimits;
  /** The models that may answer a request: the first one unless it fails. Their prices must be known for a budget of money. */
  modelsOf?(request: { model?: string | undefined }): readonly string[];
  /**
   * Limits of time that suit its upstream better than the defaults, such as longer ones for a model that is loaded first. What the
   * caller of `createGateway` sets counts more.
   */
  readonly limits?: Partial<
    Pick<Limits, 'upstreamHeadersMs' | 'upstreamFirstContentMs' | 'upstreamGapMs' | 'upstreamTotalMs'>
  >;
  /**
   * Resolves when the upstream can be reached, rejects otherwise. It must be cheap and cost nothing, because it is called again and
   * again, for `/readyz`. Optional.
   */
  check?(): Promise<void>;
  /** Present when its upstream can write in the background, see `ProviderRequest.background`. */
  readonly background?: ProviderBackground;
  /**
   * Streams one answer, as single events or in batches; `finished` is the last event of the last batch. The caller calls `next`
   * again only after the last call has settled, and owns the events that it got. It neither retries nor sets timeouts: the run does both. When `signal` aborts, the upstream request is
   * cancelled at once and the iteration ends or throws; the caller checks the signal to tell an abort from a failure.
   * `onActivity` may be called when the upstream shows that it is alive without content: a comment, an empty delta.
   * @throws {ChatError} `upstream-rate-limited` (with `retryAfterMs`), `quota-exceeded`, `upstream-overloaded`,
   *   `upstream-failed`, `upstream-truncated` (the stream ended without a finish reason), `context-length`, `content-blocked`.
   *   The upstream's error text is in `cause`, never in `message`.
   */
  stream(
    request: ProviderRequest,
    signal: AbortSignal,
    onActivity?: () => void,
  ): AsyncIterable<ProviderOutput>;
}
