/** The routes of a gateway as its options set them. */
import type { Router } from 'express';
import type { Revocations } from './access/revocations.ts';
import type { Metrics } from './base/index.ts';
import { createCompatRoutes } from './compat/compat-routes.ts';
import type { Holds } from './conversations/holds.ts';
import type { Uploads } from './conversations/uploads.ts';
import type { EventLog } from './event-logs/event-log.ts';
import type { GatewayOptions } from './gateway-options.ts';
import {
  createRoutes,
  widgetFolder,
  type ConnectionRoutesOptions,
  type ConversationRoutesOptions,
  type OperatorRoutesOptions,
} from './http/index.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { UpstreamStatus } from './providers/upstream-status.ts';
import { createReadiness } from './readiness.ts';
import type { Store } from './stores/store.ts';
import type { Webhooks } from './webhooks/webhooks.ts';

/** What the routes need. */
export interface RouterOptions extends ConnectionRoutesOptions, ConversationRoutesOptions {
  metrics: Metrics;
  store: Store;
  eventLog: EventLog;
  lifecycle: Lifecycle;
  uploads: Uploads;
  upstreamStatus: (() => Promise<UpstreamStatus>) | undefined;
}

/** What the health routes show, and to whom. */
export function healthOf(
  { files, adminToken, adminListener = 'shared' }: GatewayOptions,
  options: RouterOptions & { revocations: Revocations; holds: Holds; webhooks: Webhooks },
): OperatorRoutesOptions {
  const { metrics, lifecycle, store, eventLog, revocations } = options;
  return {
    ...options,
    registry: metrics.registry,
    revoke: (target) => revocations.revoke(target),
    adminToken,
    listener: adminListener === 'own' ? 'closed' : 'shared',
    checkReady: createReadiness({ lifecycle, metrics, store, eventLog, files: files?.store }),
  };
}

/** All routes for visitors, and those for operators unless they have a listener of their own. */
export function createRouter(
  { demoPage, widgetFolder: folder, files, adminListener }: GatewayOptions,
  options: RouterOptions,
  { health, console }: { health: OperatorRoutesOptions; console: Router | undefined },
): Router {
  return createRoutes({
    health,
    console: adminListener === 'own' ? undefined : console,
    logger: options.logger,
    demoPage: demoPage ?? false,
    widgetFolder: folder ?? widgetFolder(),
    connections: options,
    conversations: options,
    compat: createCompatRoutes(options),
    files: files && { ...options, secret: files.secret },
  });
}
