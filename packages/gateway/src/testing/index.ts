/** @rivulet/gateway/testing: one contract suite for each seam, for adapters of your own, and the fake clock. Needs vitest. */
export { describeAuth, type AuthFixture } from './auth-contract.ts';
export { describeDurableStore, type DurableStoreFixture } from './durable-store-contract.ts';
export { describeEventLog, type EventLogFixture } from './event-log-contract.ts';
export { describeFileStore, type FileStoreFixture } from './file-store-contract.ts';
export { describeProvider } from './provider-contract.ts';
export { createFakeClock, type FakeClock } from './fake-clock.ts';
export { describeTool, type ToolFixture } from './tool-contract.ts';
export { describeStore, type StoreFixture } from './store-contract.ts';
