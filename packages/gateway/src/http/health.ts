/** Health routes: liveness, readiness and metrics. */
import { Router } from 'express';
import type { Registry } from 'prom-client';
import { describeCause, type Logger } from '../base/index.ts';
import { isOperator, onlyOperators, type OperatorOptions } from './operator.ts';
import { addRoutes } from './route-table.ts';

/** What the health routes need. */
export interface HealthOptions extends OperatorOptions {
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
 * show visitors less than the error of the upstream. Anybody may ask whether the gateway is ready; the state of the upstream and the
 * metrics are for its operator.
 */
export function createHealthRoutes(options: HealthOptions): Router {
  const { checkReady, upstreamStatus, registry, logger } = options;
  const router = Router();
  router.all('/metrics', onlyOperators('read-metrics', options));
  addRoutes(router, {
    'GET /healthz': (_request, response) => {
      response.json({ status: 'ok' });
    },
    'GET /readyz': async (request, response) => {
      try {
        const details = isOperator(request, options) ? upstreamStatus?.() : undefined;
        const [upstream] = await Promise.all([details, checkReady()]);
        response.json({ status: 'ready', ...(upstream === undefined ? {} : { upstream }) });
      } catch (error) {
        logger.warn(describeCause(error), 'readiness check failed: /readyz responds 503');
        response.status(503).json({ status: 'not-ready' });
      }
    },
    'GET /metrics': async (_request, response) => {
      response.type(registry.contentType).send(await registry.metrics());
    },
  });
  return router;
}
