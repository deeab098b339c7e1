/** What a platform asks: is the process alive, may it be sent visitors, what has it counted. */
import { Router } from 'express';
import type { Registry } from 'prom-client';
import { describeCause } from '../base/log-error.ts';
import type { Logger } from '../base/logger.ts';

export interface HealthOptions {
  /** Rejects while the gateway cannot serve: a store is away, or it drains. */
  checkReady: () => Promise<void>;
  registry: Registry;
  logger: Logger;
}

/** `GET /healthz`, `/readyz`, `/metrics`. */
export function createHealthRoutes({ checkReady, registry, logger }: HealthOptions): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    try {
      await checkReady();
      response.json({ status: 'ready' });
    } catch (error) {
      logger.warn(describeCause(error), 'not ready');
      response.status(503).json({ status: 'not-ready' });
    }
  });
  router.get('/metrics', async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });
  return router;
}
