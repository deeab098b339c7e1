/** What a gateway does besides serving clients: recovery, maintenance, and hearing the other gateways. */
import type { Revocations } from './access/revocations.ts';
import type { ViewerAccess } from './access/viewer-access.ts';
import type { FileStore } from './files/file-store.ts';
import { createRetention, type RetentionOptions } from './conversations/retention.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { ConsoleUser } from './access/console-roles.ts';
import { startFigureWrites, type FigureWritesOptions } from './figure-writes.ts';
import { createKnowledgeRefresh, type KnowledgeRefreshOptions } from './knowledge-refresh.ts';
import { startMaintenance } from './maintenance.ts';
import type { RateLimiter } from './rate-limits/rate-limiter.ts';
import { createRecovery, type RecoveryOptions } from './runs/recovery.ts';
import type { Runs } from './runs/runs.ts';
import type { PendingToolCalls } from './runs/tool-loop/pending-tool-calls.ts';
import type { Typing } from './sessions/typing.ts';
import type { SiteUpdates } from './site-updates.ts';
import type { Refusals } from './sites/refusals.ts';
import type { Sites } from './sites/sites.ts';
import type { Webhooks } from './webhooks/webhooks.ts';

/** What the background tasks need. */
export interface BackgroundTasks
  extends Omit<RecoveryOptions, 'sites' | 'runs'>, RetentionOptions, Pick<FigureWritesOptions, 'random'> {
  /** Without a way to sign in to the console nobody reads figures. */
  adminUsers?: readonly ConsoleUser[] | undefined;
  adminOidc?: object | undefined;
  sites: Sites;
  files: FileStore | undefined;
  runs: Runs;
  pendingToolCalls: PendingToolCalls;
  lifecycle: Lifecycle;
  typing: Typing;
  siteUpdates: SiteUpdates;
  refusals: Refusals;
  rateLimiter: RateLimiter;
  revocations: Revocations;
  viewerAccess: Pick<ViewerAccess, 'forget'>;
  webhooks: Webhooks;
}

const createDailyTasks = (options: RetentionOptions & KnowledgeRefreshOptions) => ({
  retention: createRetention(options),
  knowledge: createKnowledgeRefresh(options),
});

/** Closes the replies that a crash left unfinished, starts the periodic tasks and subscribes to the other gateways. */
export async function startBackgroundTasks({
  runs,
  pendingToolCalls,
  lifecycle,
  typing,
  siteUpdates,
  rateLimiter,
  adminUsers = [],
  adminOidc,
  ...shared
}: BackgroundTasks): Promise<void> {
  lifecycle.onClose(() => void rateLimiter.close());
  lifecycle.onClose(() => {
    shared.webhooks.close();
  });
  // What begins again does so with the settings that were edited.
  await siteUpdates.edits.refresh();
  const recovery = createRecovery({ ...shared, runs });
  await recovery.sweep();
  lifecycle.onClose(startMaintenance({ ...shared, siteUpdates, recovery, ...createDailyTasks(shared) }));
  const stopListening = await shared.eventLog.listen((broadcastMessage) => {
    if (broadcastMessage.kind === 'abort') runs.abort(broadcastMessage);
    else if (broadcastMessage.kind === 'tool-approval' || broadcastMessage.kind === 'tool-output')
      pendingToolCalls.handle(broadcastMessage);
    else if (broadcastMessage.kind === 'site-switch') siteUpdates.handle(broadcastMessage);
    else if (broadcastMessage.kind === 'site-edit') siteUpdates.edits.handle(broadcastMessage);
    else if (broadcastMessage.kind === 'typing') typing.deliver(broadcastMessage);
    else if (broadcastMessage.kind === 'revoked') shared.revocations.add(broadcastMessage.revocation);
    else {
      // Before their sessions are closed: nobody is admitted any more by what they have read.
      shared.viewerAccess.forget(broadcastMessage);
      lifecycle.publish(broadcastMessage);
    }
  });
  lifecycle.onClose(
    shared.eventLog.onReachable(() => {
      lifecycle.followEventLog();
    }),
  );
  // After listening: what another gateway revokes or switches off meanwhile is not missed.
  await Promise.all([shared.revocations.refresh(), siteUpdates.refresh()]);
  lifecycle.onClose(stopListening);
  shared.webhooks.start();
  if (adminUsers.length > 0 || adminOidc !== undefined)
    lifecycle.onClose(startFigureWrites({ ...shared, lifecycle }));
  lifecycle.onClose(() => {
    shared.refusals.close();
  });
}
