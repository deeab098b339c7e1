/** `createGateway`: wires the adapters that the caller chose to the rooms of the gateway. It contains no other logic. */
import type { ConversationId } from '@rivulet/protocol';
import type { Router } from 'express';
import { createRevocations, type Revocations, type RevocationsOptions } from './access/revocations.ts';
import { createViewerAccess } from './access/viewer-access.ts';
import { createConsoleRoutes } from './admin/console-routes.ts';
import { createAdmission } from './sessions/admission.ts';
import { createArchive } from './conversations/archive.ts';
import {
  checkNodeVersion,
  createKeyedMutex,
  createMetrics,
  guardLogger,
  randomBytes,
  silentLogger,
  systemClock,
} from './base/index.ts';
import { createConversations } from './conversations/conversations.ts';
import { createDesk, type Desk } from './conversations/desk.ts';
import { createTellingDesk } from './conversations/tell-desk.ts';
import { createDeskTeam } from './conversations/desk-team.ts';
import { createHolds, type Holds } from './conversations/holds.ts';
import { createFeedback, type FeedbackOptions } from './conversations/feedback.ts';
import { createOperatorRoutes } from './http/index.ts';
import { createGatewayBudgets, logBudgets } from './gateway-budgets.ts';
import { DEFAULT_SITES, type Gateway, type GatewayOptions } from './gateway-options.ts';
import { createProviders } from './gateway-providers.ts';
import { createRouter, healthOf } from './gateway-routes.ts';
import { createGatewayWebhooks } from './gateway-webhooks.ts';
import { serveSockets, type WebSocketOptions } from './gateway-sockets.ts';
import { createModeration } from './moderation/moderation.ts';
import { createLifecycle, type Lifecycle } from './lifecycle.ts';
import { createPresence } from './conversations/presence.ts';
import { startBackgroundTasks } from './background-tasks.ts';
import { checkOptions, limitsOf } from './options-check.ts';
import { closingOnFailure } from './start-failure.ts';
import { createCheckpoints } from './runs/checkpoints.ts';
import { createDrafts } from './runs/drafts.ts';
import { createRuns } from './runs/runs.ts';
import { Session } from './sessions/session.ts';
import type { SessionOptions } from './sessions/session-options.ts';
import { createTyping } from './sessions/typing.ts';
import { createMemoryRateLimiter } from './rate-limits/memory.ts';
import { openLimits, type OpenedLimits } from './rate-limits/open-limits.ts';
import type { RateLimiter } from './rate-limits/rate-limiter.ts';
import type { RequestOrigin } from './sites/origins.ts';
import { createRefusals } from './sites/refusals.ts';
import { createGatewayMask } from './sites/gateway-mask.ts';
import { createSiteUpdates, type SiteUpdates } from './site-updates.ts';
import { DEFAULT_RETENTION_TIME } from './sites/retention-days.ts';
import { createKnowingSites } from './knowing-sites.ts';
import { openTracing } from './telemetry/open-tracing.ts';
import type { GatewayChannel } from './transports/transport.ts';
import { createPendingToolCalls } from './runs/tool-loop/pending-tool-calls.ts';
import { createUploads } from './conversations/uploads.ts';
import { createUpstreamStatus } from './providers/upstream-status.ts';

/**
 * Creates a gateway. It resolves when the replies that an earlier crash left unfinished are closed, so that the first client
 * already sees them as interrupted. When it rejects, it has closed the store, the file store and the event log.
 * @throws {UnsupportedNodeError} when this version of Node is too old
 * @throws {ChatError} `conflict` when the event log is not shared and another process owns the store
 * @throws {ChatError} `internal` when the store, the file store or the event log cannot be used; the message names the server or
 *   the file, the cause and what to do
 * @throws {GatewayOptionsError} when a limit or a setting of a site cannot be used; the message names each of them
 * @throws {RateLimitError} when a visitor could use up the limits of a site, or a site those of the gateway
 * @throws {BudgetError} when a site has a budget of money and the price of its model is not known; the message names the model
 * @throws {SiteError} when an entry of a site's `origins` could never match, or two sites have the same id
 * @throws {ToolDefinitionError} when a tool of a site is defined incorrectly
 * @throws {WidgetFilesError} when the widget folder cannot be read or has no `rivulet.js`
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { eventLog, files, store, rateLimiter = createMemoryRateLimiter() } = options;
  return closingOnFailure([rateLimiter, eventLog, files?.store, store], () => {
    checkNodeVersion();
    checkOptions(options);
    return openGateway({ ...options, rateLimiter });
  });
}

async function openGateway(options: LimitedOptions): Promise<Gateway> {
  const { provider } = options;
  const common = createCommon(options);
  logBudgets(common.logger, common.describeBudgets(options.sites ?? DEFAULT_SITES));
  const shared = { ...common, ...openLimitsOf(options, common), presence: createPresence(common) };
  const files = options.files?.store;
  const uploads = createUploads({ ...common, files });
  const conversations = createConversations({ ...shared, uploads });
  const pendingToolCalls = createPendingToolCalls();
  const writing = { ...shared, uploads, pendingToolCalls, ...createProviders(options, common) };
  const readView = (id: ConversationId) => conversations.read(id);
  const desk = createTellingDesk(createDesk({ ...shared, uploads, readView }), shared);
  const team = createDeskTeam(shared);
  const runs = createRuns({ ...writing, checkpoints: createCheckpoints(shared), desk, team });
  const lifecycle = createLifecycle({ ...common, runs, files });
  const revocations = openRevocations(options, common, lifecycle);
  const siteUpdates = createSiteUpdates({ ...shared, runs, lifecycle });
  const admit = createAdmission({ ...shared, auth: revocations.guard(options.auth), uploads });
  const viewerAccess = createViewerAccess(shared);
  const typing = createTyping(shared);
  const people = { desk, team, typing, drafts: createDrafts(writing) };
  const seen = { admit, revocations, conversations, viewerAccess, runs, uploads };
  const rooms = { ...shared, ...people, ...seen };
  const serve = createServe(rooms, lifecycle);
  const upstreamStatus = createUpstreamStatus({ ...shared, provider });
  const archive = createArchive({ ...shared, uploads, onErase: options.onErase });
  const parts = { ...shared, lifecycle, serve, admit, archive, uploads, upstreamStatus };
  const operator = { holds: createHolds(common), ...people, siteUpdates };
  const health = healthOf(options, { ...parts, ...operator, revocations });
  const console = createConsoleRoutes({ ...parts, ...operator, ...consoleOptionsOf(options), conversations });
  const router = createRouter(options, parts, { health, console });
  const adminRouter = createOperatorRoutes({ ...health, listener: 'own' }, console);
  await makeReady(options);
  // Closing the lifecycle ends the background tasks that have started.
  await closingOnFailure([lifecycle], () =>
    startBackgroundTasks({
      retentionTime: DEFAULT_RETENTION_TIME,
      ...options,
      ...parts,
      ...rooms,
      files,
      pendingToolCalls,
      siteUpdates,
    }),
  );
  void upstreamStatus?.(); // tells the log early
  return handleOf({ ...parts, ...operator, router, adminRouter, revocations, siteUpdates });
}

/** What the options say of the console. */
function consoleOptionsOf({ adminUsers: users = [], adminUrl, adminOidc: oidc, ...others }: LimitedOptions) {
  const { rateLimiter, provider, settingSource, widgetFolder } = others;
  return { users, adminUrl, oidc, rateLimiter, provider, settingSource, widgetFolder };
}

/** Serves connections: each is a session, which the lifecycle owns. */
function createServe(
  rooms: Omit<SessionOptions, 'recordFeedback' | 'isDraining'> & FeedbackOptions,
  lifecycle: Lifecycle,
): (channel: GatewayChannel, origin: RequestOrigin) => void {
  const recordFeedback = createFeedback(rooms);
  const sessionOptions = { ...rooms, recordFeedback, isDraining: () => lifecycle.isDraining };
  return (channel, origin) => {
    lifecycle.add(new Session(sessionOptions, channel, origin));
  };
}

/** The revocations of this gateway: each closes the sessions that it concerns. */
function openRevocations(
  { auth }: GatewayOptions,
  common: Omit<RevocationsOptions, 'tokenLifetimeMs' | 'onRevoked'>,
  lifecycle: Lifecycle,
): Revocations {
  return createRevocations({
    ...common,
    ...(auth.tokenLifetimeMs === undefined ? {} : { tokenLifetimeMs: auth.tokenLifetimeMs }),
    onRevoked: (revocation) => {
      lifecycle.publish({ kind: 'revoked', revocation });
    },
  });
}

interface HandleOptions extends WebSocketOptions {
  router: Router;
  adminRouter: Router;
  lifecycle: Lifecycle;
  revocations: Revocations;
  siteUpdates: SiteUpdates;
  holds: Holds;
  desk: Desk;
}

/** What the caller of `createGateway` gets. */
function handleOf({
  router,
  adminRouter,
  lifecycle,
  revocations,
  siteUpdates: { updateSites, disableSite, enableSite },
  holds,
  desk,
  ...options
}: HandleOptions): Gateway {
  return {
    router,
    adminRouter,
    attach(server, { prefix = '' } = {}) {
      lifecycle.onClose(serveSockets(server, prefix, options));
    },
    updateSites,
    disableSite,
    enableSite,
    revoke: (target) => revocations.revoke(target),
    hold: (conversationId, { reason }) => holds.hold(conversationId, reason),
    liftHold: (conversationId) => holds.lift(conversationId),
    desk,
    listHolds: (page) => holds.list(page),
    drain: () => lifecycle.drain(),
    close: () => lifecycle.close(),
  };
}

type LimitedOptions = GatewayOptions & { rateLimiter: RateLimiter };

/** Opens the limits of visitors, and logs them. */
function openLimitsOf(
  { rateLimiter: limiter, sites = DEFAULT_SITES, ...options }: LimitedOptions,
  { store, clock, logger }: Pick<ReturnType<typeof createCommon>, 'store' | 'clock' | 'logger'>,
): OpenedLimits {
  return openLimits({ ...options, limiter, sites, store, clock, logger });
}

/** Finds out whether the stores and the event log can be used, before anything is changed in them. */
async function makeReady({ store, eventLog, files, rateLimiter }: LimitedOptions): Promise<void> {
  // Another process on the same store would take the running replies of this one for dead, and this one theirs.
  if (!eventLog.isShared) await store.own();
  await Promise.all([store.check(), files?.store.check()]);
  await eventLog.start?.();
  await rateLimiter.start?.();
}

/** What most rooms need. */
function createCommon(options: LimitedOptions) {
  const { store, eventLog, clock = systemClock, random = randomBytes } = options;
  const logger = guardLogger(options.logger ?? silentLogger);
  const metrics = createMetrics({ eventLog, store, clock });
  const sites = createKnowingSites(options.sites ?? DEFAULT_SITES, store);
  const limits = limitsOf(options);
  const webhooks = createGatewayWebhooks(options, { store, clock, random, logger, metrics, sites });
  const mintRef = () => Buffer.from(random(6)).toString('base64url');
  return {
    store,
    eventLog,
    clock,
    random,
    mutex: createKeyedMutex(),
    limits,
    webhooks,
    ...createGatewayBudgets(options, { limits, clock, logger, webhooks }),
    currentMask: createGatewayMask(options),
    moderation: createModeration({ moderation: options.moderation, logger, metrics, clock }),
    logger,
    metrics,
    sites,
    mintRef,
    tracing: openTracing({ logger, settings: options.tracing }),
    refusals: createRefusals({ logger, metrics, clock, sites, mintRef }),
  };
}
