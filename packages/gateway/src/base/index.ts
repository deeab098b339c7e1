/** What every room may use: the limits, the logger, the metrics, the clock, and small tools for promises and errors. */
export { abortable } from './abortable.ts';
export { systemClock, type Clock, type Timer } from './clock.ts';
export { coalesce } from './coalesce.ts';
export { explanationOf, isExplained, type ExplainedError } from './explained-error.ts';
export { describeFileFailure } from './file-failure.ts';
export { guardLogger } from './guarded-logger.ts';
export { createKeyedMutex, type KeyedMutex } from './keyed-mutex.ts';
export { DEFAULT_LIMITS, type Limits } from './limits.ts';
export { describeCause } from './log-error.ts';
export {
  createLogger,
  LOG_LEVELS,
  silentLogger,
  type Logger,
  type LoggerOptions,
  type LogLevel,
} from './logger.ts';
export { loggerWith } from './logger-with.ts';
export {
  MINUTE_MS,
  rangeOfBucket,
  type CountedFigure,
  type FigureName,
  type Figures,
  type HistogramName,
  type LiveName,
} from './figures.ts';
export { createMetrics, type Metrics } from './metrics.ts';
export type { LogFigures, PoolFigures } from './server-metrics.ts';
export { checkNodeVersion, UnsupportedNodeError } from './node-version.ts';
export { describeNetworkFailure } from './network-failure.ts';
export { asOnePiece } from './one-piece.ts';
export { hasPackage, MissingPackageError, requireOptional } from './optional-package.ts';
export { randomBytes } from './random.ts';
export { createRecentValues, type RecentValues } from './recent-values.ts';
export {
  COUNTED_FOR_CONSOLE,
  COUNTED_FOR_MAIL,
  COUNTED_FOR_PROOFS,
  COUNTED_LIMITS,
  RATE_LIMIT_NAMES,
  settingOfLimit,
  type CountedLimit,
  type RateLimitName,
} from './rate-limit-names.ts';
export {
  KIND_OF_REFUSAL,
  REFUSAL_KINDS,
  REFUSAL_REASONS,
  refusal,
  RefusalCause,
  refusalReasonOf,
  type BlockedBy,
  type RefusalErrorOptions,
  type RefusalKind,
  type RefusalReason,
} from './refusal.ts';
export { settle, settleAsync } from './settle.ts';
export { createTimeSlice, type TimeSlice } from './time-slice.ts';
