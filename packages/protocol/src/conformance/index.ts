/** `@rivulet/protocol/conformance`: tries the promises of the protocol against a running server. */
export type { Check } from './check.ts';
export { CHECKS } from './checks/index.ts';
export { runConformance, type ConformanceOptions, type Outcome } from './run-conformance.ts';
export type { ServerOptions } from './server.ts';
