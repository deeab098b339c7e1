/** The settings of traces. */
import * as v from 'valibot';

const trueOrFalse = v.boolean('expected true or false');

/** The settings of traces that differ from the defaults. */
export const TracingSchema = v.strictObject(
  {
    /** `auto`: when the package @opentelemetry/api is there. */
    record: v.optional(v.picklist(['auto', 'off'], 'expected auto or off')),
    /** Whether spans have what visitors and models write, and what tools are called with and return. */
    content: v.optional(trueOrFalse),
    /** Whether upstreams are sent the trace, as `traceparent`. */
    upstream: v.optional(trueOrFalse),
    /**
     * What the `traceparent` of a request to `POST …/messages` means. `link`: the trace of the run has a link to it. `parent`: the run belongs to
     * it, so that a stranger who sends one decides whether the run is sampled. That of a command is a link at most.
     */
    incoming: v.optional(v.picklist(['link', 'parent', 'ignore'], 'expected link, parent or ignore')),
  },
  'expected an object such as {"content": false}',
);
/** The settings of traces that differ from the defaults: nothing that anybody wrote is recorded, and nobody else is told of a trace. */
export interface TracingSettings {
  /** `auto`: when the package `@opentelemetry/api` is there. Default: `auto`. */
  record?: 'auto' | 'off' | undefined;
  /** Whether spans have what visitors and models write, and what tools are called with and return. Default: false. */
  content?: boolean | undefined;
  /** Whether upstreams are sent the trace. Default: false. */
  upstream?: boolean | undefined;
  /** What the `traceparent` of whoever sends a message over HTTP means: a link, the parent, or nothing. Default: `link`. */
  incoming?: 'link' | 'parent' | 'ignore' | undefined;
}

/** All settings of traces. */
export interface CompleteTracingSettings {
  record: 'auto' | 'off';
  content: boolean;
  upstream: boolean;
  incoming: 'link' | 'parent' | 'ignore';
}

/** The settings of traces without any configuration: nothing that anybody wrote is in them, and nobody else is told of them. */
export const DEFAULT_TRACING: CompleteTracingSettings = {
  record: 'auto',
  content: false,
  upstream: false,
  incoming: 'link',
};

/** The settings with their defaults. */
export const tracingOf = (settings: TracingSettings = {}): CompleteTracingSettings => ({
  record: settings.record ?? DEFAULT_TRACING.record,
  content: settings.content ?? DEFAULT_TRACING.content,
  upstream: settings.upstream ?? DEFAULT_TRACING.upstream,
  incoming: settings.incoming ?? DEFAULT_TRACING.incoming,
});

/** What holds, in words, for `rivulet check`. */
export function describeTracing(settings: TracingSettings | undefined): string {
  const { record, content, upstream, incoming } = tracingOf(settings);
  if (record === 'off') return 'off';
  return [
    'when @opentelemetry/api is there',
    content ? 'WITH WHAT VISITORS AND MODELS WRITE' : 'without what visitors and models write',
    upstream ? 'upstreams are sent traceparent' : 'upstreams are not told',
    `traceparent of callers: ${incoming}`,
  ].join('; ');
}
