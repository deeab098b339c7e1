/** createGateway: the composition, no logic. Mount its router, attach it to the server, and it serves. */
import type { Server } from 'node:http';
import type { RandomBytes } from '@rivulet/protocol';
import type { Router } from 'express';
import { createAdmission } from './sessions/admission.ts';
import { createArchive, type Erased } from './conversations/archive.ts';
import type { Auth } from './auth/auth.ts';
import { systemClock, type Clock } from './base/clock.ts';
import { createConversations } from './conversations/conversations.ts';
import type { EventLog } from './event-logs/event-log.ts';
import type { FileStore } from './files/file-store.ts';
import { createFeedback } from './conversations/feedback.ts';
import type { ConversationRoutesOptions } from './http/conversation-routes.ts';
import type { ConnectionRoutesOptions } from './http/connection-routes.ts';
import { createRoutes } from './http/routes.ts';
import { widgetFolder } from './http/widget-files.ts';
import { createLifecycle, type Lifecycle } from './lifecycle.ts';
import { DEFAULT_LIMITS, type Limits } from './base/limits.ts';
import { silentLogger, type Logger } from './base/logger.ts';
import { createMetrics, type Metrics } from './base/metrics.ts';
import { createPresence } from './conversations/presence.ts';
import type { Provider } from './providers/provider.ts';
import { randomBytes } from './base/random.ts';
import { createRecovery, type RecoveryOptions } from './runs/recovery.ts';
import { startMaintenance } from './maintenance.ts';
import { createRuns, type Runs } from './runs/runs.ts';
import { createKeyedMutex } from './base/keyed-mutex.ts';
import { Session } from './sessions/session.ts';
import { createSites, type RequestOrigin, type Site } from './sites/sites.ts';
import type { Store } from './stores/store.ts';
import type { GatewayChannel } from './transports/transport.ts';
import { createWebSocketChannel } from './transports/websocket-channel.ts';
import { createPendingToolCalls, type PendingToolCalls } from './runs/tool-loop/pending-tool-calls.ts';
import { createUploads, type Uploads } from './conversations/uploads.ts';
import { serveUpgrades } from './http/websocket-upgrade.ts';
import { withProviderTimeouts } from './providers/provider-timeouts.ts';

export interface GatewayOptions {
  /** What answers. */
  provider: Provider;
  /** The system of record; closed with the gateway. */
  store: Store;
  /** The live log; closed with the gateway. */
  eventLog: EventLog;
  auth: Auth;
  /** Where visitors' files are kept, closed with the gateway, and what signs their addresses. Default: it takes none. */
  files?: { store: FileStore; secret: string };
  /** Default: one site `demo`, for the gateway's own origin and pages of this machine. */
  sites?: readonly Site[];
  limits?: Partial<Limits>;
  /** Default: silent. */
  logger?: Logger;
  clock?: Clock;
  random?: RandomBytes;
  /** Serve a demo page at `/`. Default: false, since the host application has its own. */
  demoPage?: boolean;
  /** Where the files of the script tag are. Default: those of the widget's package of the same version. */
  widgetFolder?: string;
  /** Called before a visitor's conversations are erased, for what lives outside the store. What it throws stops the erasing. */
  onErase?: (erased: Erased) => Promise<void>;
}

export interface Gateway {
  /** Express routes: the widget's files, health, metrics; mount it at the root or below a prefix. */
  readonly router: Router;
  /** Serves WebSockets of `server`. @param options.prefix where the router is mounted; default: the root */
  attach(server: Server, options?: { prefix?: string }): void;
  /** Not ready from now on; clients are told; resolves when running replies are over, or cut after `limits.drainMs`. */
  drain(): Promise<void>;
  /** Drains, then closes every line, the log and the store. May be called twice. */
  close(): Promise<void>;
}

export const DEFAULT_SITES: readonly Site[] = [{ id: 'demo', origins: ['self', 'localhost'] }];

/**
 * @returns when replies that a crash had cut are closed, and clients may come.
 * @throws {ChatError} internal when the store or the log cannot be read
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { provider, store, eventLog, auth } = options;
  const clock = options.clock ?? systemClock;
  const random = options.random ?? randomBytes;
  const logger = options.logger ?? silentLogger;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const metrics = createMetrics();
  const sites = createSites(options.sites ?? DEFAULT_SITES);
  const mutex = createKeyedMutex();
  const mintRef = () => Buffer.from(random(6)).toString('base64url');

  const common = { store, eventLog, mutex, clock, random, limits, logger, metrics };
  const shared = { ...common, mintRef, sites, presence: createPresence(common) };
  const files = options.files?.store;
  const uploads = createUploads({ files, clock, random, limits });
  const conversations = createConversations({ ...shared, uploads });
  const pendingToolCalls = createPendingToolCalls();
  const runs = createRuns({
    ...shared,
    uploads,
    pendingToolCalls,
    provider: withLimits(provider, clock, limits),
  });
  const lifecycle = createLifecycle({ clock, limits, runs, store, eventLog, files });
  await startBackgroundTasks({ ...shared, files, runs, pendingToolCalls, lifecycle });
  const admit = createAdmission({ ...shared, auth, uploads });
  const recordFeedback = createFeedback(shared);
  const sessionOptions = {
    ...shared,
    admit,
    conversations,
    recordFeedback,
    runs,
    uploads,
    isDraining: () => lifecycle.isDraining,
  };
  const serve = (channel: GatewayChannel, origin: RequestOrigin) => {
    lifecycle.hold(new Session(sessionOptions, channel, origin));
  };
  const archive = createArchive({ ...shared, uploads, onErase: options.onErase });
  const router = createRouter(options, { ...shared, lifecycle, serve, admit, archive, uploads });
  return {
    router,
    attach(server, { prefix = '' } = {}) {
      lifecycle.onClose(serveSockets(server, prefix, { ...shared, serve }));
    },
    drain: () => lifecycle.drain(),
    close: () => lifecycle.close(),
  };
}

interface Routed extends ConnectionRoutesOptions, ConversationRoutesOptions {
  metrics: Metrics;
  store: Store;
  eventLog: EventLog;
  lifecycle: Lifecycle;
  uploads: Uploads;
}

function createRouter({ demoPage, widgetFolder: folder, files }: GatewayOptions, routed: Routed): Router {
  const { metrics, logger, lifecycle, store, eventLog } = routed;
  return createRoutes({
    registry: metrics.registry,
    logger,
    demoPage: demoPage ?? false,
    widgetFolder: folder ?? widgetFolder(),
    lines: routed,
    conversations: routed,
    files: files && { ...routed, secret: files.secret },
    checkReady: () => checkReady(lifecycle, [store, eventLog, ...(files === undefined ? [] : [files.store])]),
  });
}

interface Serving extends Pick<ConnectionRoutesOptions, 'sites' | 'logger' | 'metrics' | 'clock' | 'limits'> {
  serve: (channel: GatewayChannel, origin: RequestOrigin) => void;
}

/** @returns the way to stop */
function serveSockets(server: Server, prefix: string, { serve, ...options }: Serving): () => void {
  return serveUpgrades(server, {
    ...options,
    path: `${prefix.replace(/\/$/, '')}/v1/ws`,
    onSocket: (socket, origin) => {
      serve(createWebSocketChannel(socket, options), origin);
    },
  });
}

async function checkReady(
  lifecycle: Lifecycle,
  served: readonly { check(): Promise<void> }[],
): Promise<void> {
  if (lifecycle.isDraining) throw new Error('draining');
  await Promise.all(served.map((one) => one.check()));
}

interface BackgroundTasks extends Omit<RecoveryOptions, 'isLive'> {
  files: FileStore | undefined;
  runs: Runs;
  pendingToolCalls: PendingToolCalls;
  lifecycle: Lifecycle;
}

/** Closes what a crash has cut, and goes on to look for it; hears what other gateways say. */
async function startBackgroundTasks({
  runs,
  pendingToolCalls,
  lifecycle,
  ...shared
}: BackgroundTasks): Promise<void> {
  const recovery = createRecovery({ ...shared, isLive: (runId) => runs.has(runId) });
  await recovery.sweep();
  lifecycle.onClose(startMaintenance({ ...shared, recovery }));
  const stopListening = await shared.eventLog.listen((broadcastMessage) => {
    if (broadcastMessage.kind === 'abort') runs.abort(broadcastMessage);
    else if (broadcastMessage.kind === 'tool-approval' || broadcastMessage.kind === 'tool-output')
      pendingToolCalls.handle(broadcastMessage);
    else lifecycle.publish(broadcastMessage);
  });
  lifecycle.onClose(stopListening);
}

function withLimits(provider: Provider, clock: Clock, limits: Limits): Provider {
  return withProviderTimeouts(provider, {
    clock,
    limits: {
      headersMs: limits.upstreamHeadersMs,
      firstContentMs: limits.upstreamFirstContentMs,
      contentGapMs: limits.upstreamGapMs,
      totalMs: limits.upstreamTotalMs,
    },
  });
}
