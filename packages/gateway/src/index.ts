/** @rivulet/gateway: a gateway to mount into an application of your own, and the adapters to compose it from. */
export { createGateway, DEFAULT_SITES, type Gateway, type GatewayOptions } from './gateway.ts';
export type { Erased } from './conversations/archive.ts';
export type { Site, WhenUnwatched } from './sites/sites.ts';
export { DEFAULT_LIMITS, type Limits } from './base/limits.ts';
export {
  createLogger,
  LOG_LEVELS,
  silentLogger,
  type Logger,
  type LoggerOptions,
  type LogLevel,
} from './base/logger.ts';
export { systemClock, type Clock, type Timer } from './base/clock.ts';
export type {
  Provider,
  ProviderCall,
  ProviderEvent,
  ProviderFile,
  ProviderMessage,
  ProviderRequest,
  ProviderTool,
} from './providers/provider.ts';
export type { Approval, Tool, ToolContext } from './tools/tool.ts';
export { ChatError } from '@rivulet/protocol';
export { createOpenAiProvider } from './providers/openai.ts';
export type { Store } from './stores/store.ts';
export { createMemoryStore } from './stores/memory.ts';
export { createSqliteStore } from './stores/sqlite.ts';
export { createPostgresStore } from './stores/postgres.ts';
export type {
  FileMeta,
  FileOwner,
  FileRecord,
  FilesOf,
  FileStore,
  FileUsage,
  OpenedFile,
} from './files/file-store.ts';
export { createMemoryFileStore } from './files/memory.ts';
export { createDiskFileStore } from './files/disk.ts';
export type { EventLog, Kept, Lease, LogRead } from './event-logs/event-log.ts';
export { createMemoryEventLog } from './event-logs/memory.ts';
export { createRedisEventLog } from './event-logs/redis.ts';
export type { Auth, Authenticated, Credentials, Principal } from './auth/auth.ts';
export { createAnonymousAuth } from './auth/anonymous.ts';
export { createJwtAuth, type JwtAuthOptions } from './auth/jwt.ts';
export type { IdentityKey } from './auth/identity-keys.ts';
export { createSiteAuth, type SiteAuthOptions } from './auth/site-auth.ts';
export { randomBytes } from './base/random.ts';
