/** Traces by OpenTelemetry: finds out at the start whether the host application has the API, and says what is recorded. */
import { hasPackage, requireOptional, type Logger } from '../base/index.ts';
import { startRunTrace, type RunTrace, type TracedRun } from './run-trace.ts';
import { SCHEMA_URL, SCOPE_NAME } from './semantic-conventions.ts';
import type { OpenTelemetry } from './tracing-scope.ts';
import { tracingOf, type CompleteTracingSettings, type TracingSettings } from './tracing-settings.ts';

/** Follows the runs of a gateway. */
export interface Tracing {
  /** Begins the span of a run, and that of its acceptance within it. The caller ends both. */
  startRun(run: TracedRun): RunTrace;
}

/** What `openTracing` needs. */
export interface OpenTracingOptions {
  logger: Logger;
  settings: TracingSettings | undefined;
  /** The package of the API. Tests name one that is not there. */
  packageName?: string;
}

/**
 * Opens the traces of a gateway. The spans go to the SDK that the host application has registered with the API; without one they cost next to
 * nothing, and without the package nothing at all.
 * @returns undefined when nothing is recorded
 */
export function openTracing({
  logger,
  settings: given,
  packageName = '@opentelemetry/api',
}: OpenTracingOptions): Tracing | undefined {
  const settings = tracingOf(given);
  if (settings.record === 'off') return undefined;
  if (!hasPackage(packageName)) {
    if (given !== undefined)
      logger.warn(
        { package: packageName },
        'traces are configured, and nothing is recorded: the package is not there',
      );
    return undefined;
  }
  // The package's own types describe it.
  const api = requireOptional(packageName, 'Recording traces') as OpenTelemetry;
  logSettings(logger, settings);
  const tracer = api.trace.getTracerProvider().getTracer(SCOPE_NAME, undefined, { schemaUrl: SCHEMA_URL });
  return { startRun: (run) => startRunTrace({ api, tracer, settings }, run) };
}

function logSettings(logger: Logger, { content, upstream, incoming }: CompleteTracingSettings): void {
  const facts = { content, upstream, incoming };
  if (content)
    logger.warn(
      facts,
      'traces are recorded with what visitors and models write, and what tools are called with and return',
    );
  else logger.info(facts, 'traces are recorded, without what visitors and models write');
}
