/** Converts what a call of an upstream threw into a ChatError: a reported failure, a broken connection or an unreadable answer. */
import { ChatError } from '@rivulet/protocol';
import { ExcessiveAnswerError } from './excessive-answer.ts';
import type { Secrets } from './logged-words.ts';
import type { Upstream } from './openai-answer.ts';
import { readLimitResetMs, readRetryAfterMs } from './retry-after.ts';
import { identifier, upstreamError } from './upstream-error.ts';
import { readReport, ReportedFailure } from './upstream-report.ts';

/** Names of the header with the id of the request, in the order of preference: the last one is of a proxy. */
const REQUEST_IDS = [
  ...[
    'x-request-id',
    'request-id',
    'x-amzn-requestid',
    'apim-request-id',
    'x-ms-request-id',
    'x-generation-id',
  ],
  'cf-ray',
];

/** Converts what the request, the body or its reader threw. */
export function toChatError(error: unknown, where: Upstream, nowMs: number): ChatError {
  if (error instanceof ChatError) return error;
  if (error instanceof ExcessiveAnswerError) return upstreamError({ ...where, what: error.message });
  const failure = reportedFailureIn(error);
  if (failure !== undefined) return reportedError(failure, where, nowMs);
  const code = systemCode(error);
  // No connection, one that broke in the middle of the answer, or invalid JSON.
  return upstreamError({ ...where, what: 'broke its answer', code, words: String(error) });
}

/** The failure that an upstream reported, at the bottom of a chain of causes. */
export function reportedFailureIn(error: unknown): ReportedFailure | undefined {
  if (error instanceof ReportedFailure) return error;
  return error instanceof Error ? reportedFailureIn(error.cause) : undefined;
}

/**
 * How long the upstream says to wait, in milliseconds: in the header for it, else in its report, else by the limits that it reports
 * with every response.
 */
export function waitMsOf({ status, headers, report }: ReportedFailure, nowMs: number): number | undefined {
  return (
    readRetryAfterMs(headers, nowMs) ??
    readReport(report, nowMs).retryAfterMs ??
    (status === TOO_MANY_REQUESTS ? readLimitResetMs(headers, nowMs) : undefined)
  );
}

const TOO_MANY_REQUESTS = 429;

function reportedError(failure: ReportedFailure, where: Upstream, nowMs: number): ChatError {
  const { status, what, headers, report } = failure;
  const { codes, words, requestId } = readReport(report, nowMs);
  const [code] = codes;
  // AWS names its errors in a header.
  const header = headers.get('x-amzn-errortype') ?? undefined;
  const facts = {
    ...{ ...where, status, what, words },
    ...(code === undefined || code === String(status) ? {} : { code }),
    codes: header === undefined ? codes : [header, ...codes],
    requestId: headerWithRequestId(headers) ?? requestId,
  };
  return upstreamError(facts, waitMsOf(failure, nowMs));
}

/** The upstream's own id of an answered request, as far as it looks like an identifier and contains no key. */
export const requestIdIn = (headers: Headers, secrets: Secrets | undefined): string | undefined =>
  identifier(headerWithRequestId(headers), secrets);

const headerWithRequestId = (headers: Headers): string | undefined =>
  REQUEST_IDS.map((name) => headers.get(name)).find((id) => id !== null) ?? undefined;

/** The `ECONNREFUSED` or `UND_ERR_SOCKET` at the bottom of a chain of causes. */
function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const deeper = systemCode(error.cause);
  if (deeper !== undefined) return deeper;
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
