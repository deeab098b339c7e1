/** The span of one request to an upstream. */
import { ChatError } from '@rivulet/protocol';
import type { RequestTrace, TracedRequest } from '../providers/provider.ts';
import { ATTRIBUTES, CONTENT_ATTRIBUTES, EVENTS, SPANS } from './semantic-conventions.ts';
import { inputContent } from './trace-content.ts';
import { setFailure, setUsage, type SpanPlace, type TracingScope } from './tracing-scope.ts';

/** Begins the span of a request. */
export function startRequestTrace(
  { api, tracer, settings }: TracingScope,
  request: TracedRequest,
  { context: parent, attributes }: SpanPlace,
): RequestTrace {
  const { model } = request;
  const span = tracer.startSpan(
    SPANS.request(model),
    { kind: api.SpanKind.CLIENT, attributes: { ...attributes, ...attributesOf(request) } },
    parent,
  );
  if (settings.content) span.setAttribute(CONTENT_ATTRIBUTES.input, inputContent(request.messages));
  const context = api.trace.setSpan(parent, span);
  const headers: Record<string, string> = {};
  if (settings.upstream) api.propagation.inject(context, headers);
  // It may have what the host application knows of the visitor, and is for its own services.
  delete headers.baggage;
  let hasContent = false;
  const noteContent = () => {
    if (!hasContent) span.addEvent(EVENTS.firstDelta);
    hasContent = true;
  };
  return {
    headers,
    run: (work) => api.context.with(context, work),
    firstContent: noteContent,
    end(failure, finished) {
      // An answer that comes at once has ended before its content is looked at.
      if (finished !== undefined) noteContent();
      if (finished !== undefined) span.setAttribute(ATTRIBUTES.finishReasons, [finished.reason]);
      if (finished?.usage !== undefined) setUsage(span, finished.usage);
      if (failure !== undefined) setFailure(api, span, ChatError.from(failure));
      span.end();
    },
  };
}

const attributesOf = ({ provider, upstream, model, server }: TracedRequest) => ({
  [ATTRIBUTES.operation]: 'chat',
  [ATTRIBUTES.provider]: provider,
  [ATTRIBUTES.upstream]: upstream,
  ...(model === undefined ? {} : { [ATTRIBUTES.model]: model }),
  ...(server === undefined
    ? {}
    : { [ATTRIBUTES.serverAddress]: server.host, [ATTRIBUTES.serverPort]: server.port }),
});
