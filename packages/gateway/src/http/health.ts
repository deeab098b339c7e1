/** Health routes: liveness, readiness and metrics. */
import { Router } from 'express';
import type { Registry } from 'prom-client';
import { describeCause, type Logger } from '../base/index.ts';

/** What the health routes need. */
export interface HealthOptions {
  /** Rejects while the gateway should get no traffic: it drains, or a store or the event log is not available. */
  checkReady: () => Promise<void>;
  /** Tells whether the upstream can be reached; undefined when the provider cannot be checked. */
  upstreamStatus: (() => Promise<string>) | undefined;
  registry: Registry;
  logger: Logger;
}

/**
 * Creates `GET /healthz`, `/readyz` (503 while not ready) and `/metrics` (Prometheus text format). An upstream that cannot be reached
 * is reported and does not make the gateway unready: conversations can still be read, and taking all gateways out of service would
 * show visitors less than the error of the upstream. Anybody may ask, so no host is named.
 */
export function createHealthRoutes({ checkReady, upstreamStatus, registry, logger }: HealthOptions): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    try {
      const [upstream] = await Promise.all([upstreamStatus?.(), checkReady()]);
      response.json({ status: 'ready', ...(upstream === undefined ? {} : { upstream }) });
    } catch (error) {
      logger.warn(describeCause(error), 'readiness check failed: /readyz responds 503');
      response.status(503).json({ status: 'not-ready' });
    }
  });
  router.get('/metrics', async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });
  return router;
}
