/** `@rivulet/gateway`: a gateway to mount into an application of your own, and the adapters to compose it from. */
export { createGateway } from './gateway.ts';
export { DEFAULT_SITES, type Gateway, type GatewayOptions } from './gateway-options.ts';
export { GatewayOptionsError, type InvalidOption } from './options-check.ts';
export type { Desk, StatusChange, VisitorAddress } from './conversations/desk.ts';
export type { DeskReply } from './conversations/desk-reply.ts';
export type { CallDecision } from './conversations/desk-calls.ts';
export type { Staffing } from './conversations/desk-team.ts';
export { DESK_ASSIGN, DeskSettingsSchema, type DeskSettings } from './sites/desk-settings.ts';
export { WEEKDAYS, type DeskHours } from './sites/desk-hours.ts';
export { AVAILABILITY_CHOICES, type AvailabilityChoice } from './stores/desk-team-store.ts';
export type { DeskMember, DeskNote, DeskTeamStore } from './stores/desk-team-store.ts';
export { DESK_STATUSES, DeskRecordSchema, type DeskRecord, type DeskStore } from './stores/desk-store.ts';
export type { DeskChange, DeskConversation, DeskPage, DeskPlace, DeskQuery } from './stores/desk-store.ts';
export type { WebhookSettings } from './webhooks/settings.ts';
export { MAIL_EVENTS, NotifySchema, WHEN_QUEUED } from './mail/settings.ts';
export type { MailEventType, MailSettings, NotifySettings, WhenQueued } from './mail/settings.ts';
export { WEBHOOK_EVENTS, type WebhookEventType } from './webhooks/events.ts';
export { verifyWebhook, WebhookVerificationError } from './webhooks/signature.ts';
export type { ReceivedWebhook, VerifiedWebhook, WebhookRefusal } from './webhooks/signature.ts';
export type { DeliveryChange, NewDelivery, OutboxBounds } from './stores/webhook-outbox.ts';
export type { EndpointCounts, OutboxCounts, StoredDelivery, WebhookOutbox } from './stores/webhook-outbox.ts';
export type { HoldsPage } from './conversations/holds.ts';
export type { Erased } from './conversations/archive.ts';
export type { Site, WhenInterrupted, WhenUnwatched } from './sites/sites.ts';
export {
  createLogger,
  DEFAULT_LIMITS,
  LOG_LEVELS,
  MissingPackageError,
  randomBytes,
  silentLogger,
  systemClock,
  UnsupportedNodeError,
  type Clock,
  type Limits,
  type Logger,
  type LoggerOptions,
  type LogLevel,
  type Timer,
  type LogFigures,
  type PoolFigures,
} from './base/index.ts';
export type {
  Provider,
  ProviderCall,
  ProviderEvent,
  ModelLimits,
  ProviderFile,
  ProviderMessage,
  ProviderBatch,
  ProviderOutput,
  ProviderCaller,
  ProviderBackground,
  BackgroundRequest,
  ResponseReference,
  WaitReason,
  ProviderRequest,
  ProviderTool,
  RequestTrace,
  SentRequest,
  TracedRequest,
} from './providers/provider.ts';
export { providerEventsOf } from './providers/provider.ts';
export type { ProviderUsage } from './providers/usage.ts';
export type { Approval, CitableSource, RequestedPerson, Tool, ToolContext } from './tools/tool.ts';
export { ToolResult } from './tools/tool-result.ts';
export { createModerator } from './moderation/check-function.ts';
export type {
  CheckModeratorOptions,
  CheckText,
  ModerationWindow,
  Verdict,
} from './moderation/check-function.ts';
export { MODERATED_KINDS } from './moderation/moderator.ts';
export type {
  ModeratedKind,
  ModeratedText,
  ModerationListener,
  ModerationSubject,
  Moderator,
} from './moderation/moderator.ts';
export { ON_FAILURE, SHOWN_TEXT } from './moderation/settings.ts';
export type {
  ModerationFailurePolicy,
  ModerationSettings,
  ShownTextPolicy,
  SiteModeration,
} from './moderation/settings.ts';
export { createOpenAiModerator, type OpenAiModeratorOptions } from './moderation/openai-moderator.ts';
export { createWordModerator, type WordModeratorOptions } from './moderation/words.ts';
export { BudgetError } from './budgets/budget-error.ts';
export { BudgetsSchema, DEFAULT_BUDGETS } from './budgets/budget-settings.ts';
export type { BudgetLimit, BudgetSettings } from './budgets/budget-settings.ts';
export { describeBudgets } from './budgets/describe-budgets.ts';
export type {
  DescribedBudget,
  DescribedBudgets,
  DescribedBudgetSettings,
} from './budgets/describe-budgets.ts';
export type { BudgetedSite } from './budgets/budgets.ts';
export { KNOWN_PRICES, PRICES_DATE, type KnownPrice } from './budgets/known-prices.ts';
export { PriceSchema, PricesSchema, type Price, type Prices } from './budgets/prices.ts';
export { SiteError } from './sites/site-error.ts';
export { RateLimitError } from './rate-limits/rate-limit-error.ts';
export { describeRateLimits } from './rate-limits/describe-limits.ts';
export type { DescribedLimits, DescribedSettings } from './rate-limits/describe-limits.ts';
export { DEFAULT_RATE_LIMITS, RateLimitsSchema, SiteRateLimitsSchema } from './rate-limits/settings.ts';
export type {
  Bound,
  LimitedSite,
  RateLimits,
  RateLimitSettings,
  SiteRateLimits,
} from './rate-limits/settings.ts';
export { DEFAULT_PROOF_OF_WORK, PROOF_WHEN } from './rate-limits/proof-settings.ts';
export type { ProofOfWork, ProofOfWorkSettings, ProofWhen } from './rate-limits/proof-settings.ts';
export type { TracingSettings } from './telemetry/tracing-settings.ts';
export type { TrustProxy } from './rate-limits/client-address.ts';
export type { Place, Rate, RateLimiter, Taken } from './rate-limits/rate-limiter.ts';
export { createMemoryRateLimiter } from './rate-limits/memory.ts';
export { createRedisRateLimiter, type RedisRateLimiterOptions } from './rate-limits/redis.ts';
export { COUNTED_FOR_CONSOLE, COUNTED_FOR_MAIL, COUNTED_FOR_PROOFS, COUNTED_LIMITS } from './base/index.ts';
export type { CountedLimit } from './base/index.ts';
export type { Disabled } from './sites/disabled.ts';
export { WidgetSettingsSchema, type WidgetSettings } from './sites/widget-settings.ts';
export type { RetentionDays } from './sites/retention-days.ts';
export { ToolDefinitionError } from './tools/tool-definition-error.ts';
export { WidgetFilesError } from './http/index.ts';
export { AuthConfigError } from './auth/auth-config-error.ts';
export { ChatError } from '@rivulet/protocol';
export type { RefusedKey } from './providers/api-keys.ts';
export type { RefusedRole, SystemRole } from './providers/system-roles.ts';
export { RequestSettingsSchema, SYSTEM_ROLES, type RequestSettings } from './providers/request-settings.ts';
export { CallMetadataSchema, ProviderMetadataSchema } from './providers/provider-metadata.ts';
export type { CallMetadata, ProviderMetadata } from './providers/provider-metadata.ts';
export { createFallbackProvider } from './providers/fallback.ts';
export { createOpenAiProvider, type OpenAiProviderOptions } from './providers/openai.ts';
export type { OpenAiUpstreamOptions } from './providers/openai-options.ts';
export {
  createOpenAiResponsesProvider,
  type OpenAiResponsesProviderOptions,
} from './providers/openai-responses.ts';
export type { UpstreamProxy } from './providers/upstream-proxy.ts';
export type {
  Acceptance,
  Accepted,
  AnswerRound,
  ConversationRecord,
  EndedMessage,
  ListedConversation,
  ListOptions,
  Owner,
  OwnerKept,
  Progress,
  RunNoteEvent,
  SavedEvent,
  Revocation,
  NamedMessage,
  Standing,
  Store,
  StoredMessage,
  Unfinished,
  UnsettledMessage,
  UsageRecord,
} from './stores/store.ts';
export type { SiteEdit, SiteEditStore } from './stores/site-edits.ts';
export type { SiteSwitch, SwitchStore } from './stores/switch-store.ts';
export { KnowledgeSchema, KnowledgeSourceSchema, type KnowledgeSettings } from './knowledge/settings.ts';
export type { FoundPiece, KnowledgeCounts, KnowledgeDocument } from './stores/knowledge-store.ts';
export type { KnowledgePiece, KnowledgeSource, KnowledgeStore } from './stores/knowledge-store.ts';
export type { AuditEntry, ConsoleFilters, ConsolePage, ConsolePosition } from './stores/console-store.ts';
export type { ConsoleQuery, ConsoleSession, ConsoleStore } from './stores/console-store.ts';
export type { ConversationTotals, FoundConversation, MessageFacts } from './stores/console-store.ts';
export { CONSOLE_RANKS, type RankPosition, type RankQuery } from './stores/console-store.ts';
export { RunFactsSchema, type AskedUpstream, type RunFacts } from './stores/run-facts.ts';
export { CONSOLE_ROLES } from './access/console-roles.ts';
export type { ConsoleRole, ConsoleTokenUser, ConsoleUser } from './access/console-roles.ts';
export type { ConsoleOidcSettings, OidcRule } from './admin/oidc-settings.ts';
export type { FigureRow, FiguresQuery, FiguresStore, FigureSum, NodeRow } from './stores/figures.ts';
export {
  BUDGETS,
  type Amount,
  type BudgetAmounts,
  type BudgetKind,
  type Reservation,
  type ReservationChange,
  type SpendingStore,
  type StoredReservation,
} from './stores/spending.ts';
export type { ExpiredConversation, Expiry, Hold, JobClaim, RetentionStore } from './stores/retention.ts';
export { createMemoryStore } from './stores/memory.ts';
export { createSqliteStore, type SqliteStoreOptions } from './stores/sqlite.ts';
export type { SqliteFileOptions } from './stores/sqlite-database.ts';
export { createPostgresStore } from './stores/postgres.ts';
export type { PostgresOptions } from './stores/postgres-database.ts';
export type {
  FileMeta,
  FileOwner,
  FileRecord,
  FilesOf,
  FileStore,
  FileUsage,
  OpenedFile,
  PutOptions,
} from './files/file-store.ts';
export { createMemoryFileStore } from './files/memory.ts';
export { createDiskFileStore, type DiskFileStoreOptions } from './files/disk.ts';
export type {
  AbortBroadcast,
  SiteEditBroadcast,
  SiteSwitchBroadcast,
  AppendOptions,
  BroadcastMessage,
  EventLog,
  Kept,
  Lease,
  LogRead,
  MovedBroadcast,
  RevokedBroadcast,
  SubscribeOptions,
  ToolApprovalBroadcast,
  ToolOutputBroadcast,
  TypingBroadcast,
  Watch,
} from './event-logs/event-log.ts';
export type { WindowLimits } from './event-logs/kept-window.ts';
export { createMemoryEventLog, type MemoryEventLogOptions } from './event-logs/memory.ts';
export { createRedisEventLog, type RedisEventLogOptions } from './event-logs/redis.ts';
export type { Auth, Authenticated, Credentials, Principal, TokenFacts } from './auth/auth.ts';
export type { RevocationTarget } from './access/revocations.ts';
export { createAnonymousAuth, type AnonymousAuthOptions } from './auth/anonymous.ts';
export { createJwtAuth, type JwtAuthOptions } from './auth/jwt.ts';
export type { IdentityKey } from './auth/identity-keys.ts';
export { createSiteAuth, type SiteAuthOptions } from './auth/site-auth.ts';
