/** What all spans of a gateway are made with, and what they have in common. */
import type * as OpenTelemetryApi from '@opentelemetry/api';
import type { ChatError, Usage } from '@rivulet/protocol';
import { ATTRIBUTES } from './semantic-conventions.ts';
import type { CompleteTracingSettings } from './tracing-settings.ts';

/** The API package. */
export type OpenTelemetry = typeof OpenTelemetryApi;

/** What the spans of a gateway are made with. */
export interface TracingScope {
  api: OpenTelemetry;
  tracer: OpenTelemetryApi.Tracer;
  settings: CompleteTracingSettings;
}

/** Where a span of a run belongs. */
export interface SpanPlace {
  /** Its parent. */
  context: OpenTelemetryApi.Context;
  /** What all spans of the run have. */
  attributes: OpenTelemetryApi.Attributes;
}

/** Marks a span as failed, with the code of the error: its message may be what an upstream said. */
export function setFailure(api: OpenTelemetry, span: OpenTelemetryApi.Span, { code }: ChatError): void {
  span.setAttribute(ATTRIBUTES.errorType, code);
  span.setStatus({ code: api.SpanStatusCode.ERROR, message: code });
}

/** Sets the tokens, as the upstream has counted them. */
export function setUsage(
  span: OpenTelemetryApi.Span,
  { inputTokens, outputTokens }: Pick<Usage, 'inputTokens' | 'outputTokens'>,
): void {
  span.setAttribute(ATTRIBUTES.inputTokens, inputTokens);
  span.setAttribute(ATTRIBUTES.outputTokens, outputTokens);
}
