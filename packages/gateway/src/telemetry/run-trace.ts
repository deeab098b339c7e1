/** The spans of one run: its acceptance, its requests to upstreams, its tool calls, and the run itself, to its end. */
import type * as OpenTelemetryApi from '@opentelemetry/api';
import { ChatError, type Usage } from '@rivulet/protocol';
import type { RequestTrace, TracedRequest } from '../providers/provider.ts';
import { startRequestTrace } from './request-trace.ts';
import { ATTRIBUTES, CONTENT_ATTRIBUTES, EVENTS, SPANS } from './semantic-conventions.ts';
import { startToolTrace, type ToolTrace, type TracedTool } from './tool-trace.ts';
import { outputContent } from './trace-content.ts';
import type { TraceContext } from './trace-context.ts';
import { setFailure, setUsage, type TracingScope } from './tracing-scope.ts';

/** A run that begins. */
export interface TracedRun {
  conversationId: string;
  runId: string;
  /** What visitors read out. */
  ref: string;
  siteId: string;
  /** When the message came, in milliseconds since 1970; undefined when the run is taken over. */
  acceptedAtMs: number | undefined;
  /** From 1. */
  attempt: number;
  /** The trace of whoever sent the message. */
  traceContext?: TraceContext | undefined;
}

/** How a run ended. */
export interface TracedEnd {
  /** A finish reason; `left`: another gateway writes the end. */
  reason: string;
  error?: ChatError | undefined;
  usage?: Usage | undefined;
  /** The upstream that has answered, as logs name it. */
  answeredBy?: string | undefined;
  /** Gives the text of the answer; called only when it is recorded. */
  text?: () => string;
}

/** The spans of one run. Whatever comes after the end of the run changes nothing. */
export interface RunTrace {
  /** The message is on disk, or could not be stored. */
  accepted(failure?: unknown): void;
  /** The run has left its queue. */
  begun(): void;
  /** The run has its first content. */
  firstContent(): void;
  /** Begins the span of a request to an upstream. */
  startRequest(request: TracedRequest): RequestTrace;
  /** Begins the span of a tool call. */
  startTool(tool: TracedTool): ToolTrace;
  /** Ends the span of the run. The first end counts. */
  end(end: TracedEnd): void;
}

/** Begins the spans of a run. */
export function startRunTrace(scope: TracingScope, run: TracedRun): RunTrace {
  const { api, tracer, settings } = scope;
  const { parent, links } = originOf(scope, run.traceContext);
  const startTime = run.acceptedAtMs;
  const span = tracer.startSpan(
    SPANS.run(run.siteId),
    {
      kind: api.SpanKind.INTERNAL,
      links,
      ...(startTime === undefined ? {} : { startTime }),
      attributes: attributesOf(run),
    },
    parent,
  );
  const context = api.trace.setSpan(parent, span);
  const accept = startTime === undefined ? undefined : tracer.startSpan(SPANS.accept, { startTime }, context);
  const conversationId = { [ATTRIBUTES.conversationId]: run.conversationId };
  let isEnded = false;
  return {
    accepted(failure) {
      if (failure !== undefined && accept !== undefined) setFailure(api, accept, ChatError.from(failure));
      accept?.end();
    },
    begun() {
      span.addEvent(EVENTS.begun);
    },
    firstContent() {
      span.addEvent(EVENTS.firstDelta);
    },
    startRequest: (request) => startRequestTrace(scope, request, { context, attributes: conversationId }),
    startTool: (tool) => startToolTrace(scope, tool, { context, attributes: conversationId }),
    end({ reason, error, usage, answeredBy, text }) {
      if (isEnded) return;
      isEnded = true;
      span.setAttribute(ATTRIBUTES.reason, reason);
      if (answeredBy !== undefined) span.setAttribute(ATTRIBUTES.upstream, answeredBy);
      if (usage !== undefined) setUsage(span, usage);
      if (settings.content && text !== undefined)
        span.setAttribute(CONTENT_ATTRIBUTES.output, outputContent(text(), reason));
      if (error !== undefined) setFailure(api, span, error);
      span.end();
    },
  };
}

const attributesOf = (run: TracedRun): OpenTelemetryApi.Attributes => ({
  [ATTRIBUTES.operation]: 'invoke_agent',
  [ATTRIBUTES.agent]: run.siteId,
  [ATTRIBUTES.conversationId]: run.conversationId,
  [ATTRIBUTES.runId]: run.runId,
  [ATTRIBUTES.ref]: run.ref,
  [ATTRIBUTES.attempt]: run.attempt,
});

/** A run does not belong to what happens to be active when it begins, such as the upgrade of its connection hours ago. */
function originOf(
  { api, settings }: TracingScope,
  incoming: TraceContext | undefined,
): { parent: OpenTelemetryApi.Context; links: OpenTelemetryApi.Link[] } {
  const { ROOT_CONTEXT: root, propagation, trace } = api;
  if (incoming === undefined || settings.incoming === 'ignore') return { parent: root, links: [] };
  const { isOfPage = false, ...headers } = incoming;
  const context = propagation.extract(root, headers);
  if (settings.incoming === 'parent' && !isOfPage) return { parent: context, links: [] };
  const linked = trace.getSpanContext(context);
  return { parent: root, links: linked === undefined ? [] : [{ context: linked }] };
}
