/**
 * The names of spans, attributes and events, pinned: those of OpenTelemetry's semantic conventions for generative AI, version 1.41.0, which
 * are still in development, and our own. Whoever has dashboards and alerts on them must not be surprised by an update of a package, so that
 * no package names them. A change of a name here is a breaking change.
 * @see https://github.com/open-telemetry/semantic-conventions/blob/v1.41.0/docs/gen-ai/gen-ai-spans.md
 */

/** Names the version of the conventions in the scope of the spans. */
export const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.41.0';
/** The name of the instrumentation scope. */
export const SCOPE_NAME = '@rivulet/gateway';

/** The names of spans. The run's is `invoke_agent`, because a site is what the conventions call an agent. */
export const SPANS = {
  run: (siteId: string): string => `invoke_agent ${siteId}`,
  accept: 'rivulet.accept',
  request: (model: string | undefined): string => (model === undefined ? 'chat' : `chat ${model}`),
  tool: (name: string): string => `execute_tool ${name}`,
} as const;

/** The names of attributes, and the values that the conventions define. */
export const ATTRIBUTES = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  conversationId: 'gen_ai.conversation.id',
  agent: 'gen_ai.agent.name',
  model: 'gen_ai.request.model',
  finishReasons: 'gen_ai.response.finish_reasons',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  toolName: 'gen_ai.tool.name',
  toolType: 'gen_ai.tool.type',
  toolCallId: 'gen_ai.tool.call.id',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  /** A code of our errors, see PROTOCOL.md §11. */
  errorType: 'error.type',
  /** What visitors read out, and each log line of the run has. */
  ref: 'rivulet.ref',
  runId: 'rivulet.run.id',
  /** The finish reason of the run, see PROTOCOL.md §7; `left` when another gateway writes its end. */
  reason: 'rivulet.run.reason',
  /** From 1; more after a takeover. */
  attempt: 'rivulet.run.attempt',
  /** Name, host and model of the upstream, as in logs and metrics. */
  upstream: 'rivulet.upstream',
} as const;

/** The attributes that have what visitors and models write. They are set with `tracing.content` alone. */
export const CONTENT_ATTRIBUTES = {
  input: 'gen_ai.input.messages',
  output: 'gen_ai.output.messages',
  toolInput: 'gen_ai.tool.call.arguments',
  toolOutput: 'gen_ai.tool.call.result',
} as const;

/** The names of events of spans. */
export const EVENTS = {
  /** The run has left its queue. */
  begun: 'rivulet.run.begun',
  /** The first content of the run, or of a request. */
  firstDelta: 'rivulet.first_delta',
  /** The visitor is asked whether the tool may be called, and has answered. */
  approvalRequested: 'rivulet.approval_requested',
  approvalGiven: 'rivulet.approval_given',
} as const;
