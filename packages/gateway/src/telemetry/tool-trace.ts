/** The span of one tool call, from its input to its end, with the time in which the visitor is asked. */
import type { ErrorBody, LoggedEventBody } from '@rivulet/protocol';
import { ATTRIBUTES, CONTENT_ATTRIBUTES, EVENTS, SPANS } from './semantic-conventions.ts';
import { valueContent } from './trace-content.ts';
import type { SpanPlace, TracingScope } from './tracing-scope.ts';

/** A tool call that begins. */
export interface TracedTool {
  callId: string;
  name: string;
  /** `function`: performed by the gateway; `extension`: by the page. The words are those of the conventions. */
  type: 'function' | 'extension';
}

/** The span of a tool call. */
export interface ToolTrace {
  /** Calls `work` within the span, so that what the tool calls belongs to it. */
  run<Result>(work: () => Result): Result;
  /** An event of the call, as it was logged. */
  saw(event: LoggedEventBody): void;
  /** Ends the span. */
  end(): void;
}

/** Begins the span of a tool call. */
export function startToolTrace(
  { api, tracer, settings }: TracingScope,
  { callId, name, type }: TracedTool,
  { context: parent, attributes }: SpanPlace,
): ToolTrace {
  const span = tracer.startSpan(
    SPANS.tool(name),
    {
      kind: api.SpanKind.INTERNAL,
      attributes: {
        ...attributes,
        [ATTRIBUTES.operation]: 'execute_tool',
        [ATTRIBUTES.toolName]: name,
        [ATTRIBUTES.toolType]: type,
        [ATTRIBUTES.toolCallId]: callId,
      },
    },
    parent,
  );
  const setContent = (name: string, value: unknown) => {
    if (settings.content) span.setAttribute(name, valueContent(value));
  };
  const fail = ({ code }: Pick<ErrorBody, 'code'>) => {
    span.setAttribute(ATTRIBUTES.errorType, code);
    span.setStatus({ code: api.SpanStatusCode.ERROR, message: code });
  };
  return {
    run: (work) => api.context.with(api.trace.setSpan(parent, span), work),
    saw(event) {
      if (event.type === 'tool-called') setContent(CONTENT_ATTRIBUTES.toolInput, event.input);
      if (event.type === 'approval-requested') span.addEvent(EVENTS.approvalRequested);
      if (event.type === 'approval-given') span.addEvent(EVENTS.approvalGiven);
      if (event.type !== 'tool-finished') return;
      if (event.error === undefined) setContent(CONTENT_ATTRIBUTES.toolOutput, event.output);
      else fail(event.error);
    },
    end() {
      span.end();
    },
  };
}
