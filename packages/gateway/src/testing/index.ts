/** `@rivulet/gateway/testing`: a contract suite for each interface that an adapter can implement, and a fake clock. Requires vitest. */
export { describeAuth, type AuthFixture } from './contracts/auth-contract.ts';
export { describeDurableStore, type DurableStoreFixture } from './contracts/durable-store-contract.ts';
export { describeOwnedStore, type OwnedStoreFixture } from './contracts/owned-store-contract.ts';
export { describeEventLog, type EventLogFixture } from './contracts/event-log-contract.ts';
export { describeFileStore, type FileStoreFixture } from './contracts/file-store-contract.ts';
export {
  describeModerator,
  type FailingModerators,
  type ModeratorFixture,
} from './contracts/moderator-contract.ts';
export {
  describeProvider,
  type ProviderScripts,
  type ScriptedProvider,
} from './contracts/provider-contract.ts';
export { createFakeClock, type FakeClock } from './fake-clock.ts';
export { describeRateLimiter, type RateLimiterFixture } from './contracts/rate-limiter-contract.ts';
export { describeTool, type ToolFixture } from './contracts/tool-contract.ts';
export { describeStore, type StoreFixture } from './contracts/store-contract.ts';
