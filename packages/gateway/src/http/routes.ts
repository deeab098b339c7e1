/** Every HTTP route of the gateway, in one router. */
import express, { type ErrorRequestHandler, type Router } from 'express';
import helmet from 'helmet';
import type { Registry } from 'prom-client';
import { describeCause } from '../base/log-error.ts';
import type { Logger } from '../base/logger.ts';
import { createConversationRoutes, type ConversationRoutesOptions } from './conversation-routes.ts';
import { createDemoPage } from './demo-page.ts';
import { createFileRoutes, type FileRoutesOptions } from './file-routes.ts';
import { createHealthRoutes } from './health.ts';
import { createConnectionRoutes, type ConnectionRoutesOptions } from './connection-routes.ts';
import { createWidgetRoutes } from './widget-files.ts';

export interface RoutesOptions {
  checkReady: () => Promise<void>;
  registry: Registry;
  logger: Logger;
  demoPage: boolean;
  widgetFolder: string;
  connections: ConnectionRoutesOptions;
  /** Absent: this gateway takes no files. */
  files: FileRoutesOptions | undefined;
  conversations: ConversationRoutesOptions;
}

export function createRoutes({
  checkReady,
  registry,
  logger,
  demoPage,
  widgetFolder,
  connections,
  files,
  conversations,
}: RoutesOptions): Router {
  const router = express.Router();
  router.use(createWidgetRoutes(widgetFolder));
  // Only on routes of our own: what falls through is the host application's. TLS ends in front of the gateway, and whoever
  // does that says for how long.
  router.use(
    ['/healthz', '/readyz', '/metrics'],
    helmet({ contentSecurityPolicy: false, strictTransportSecurity: false }),
  );
  router.use(createHealthRoutes({ checkReady, registry, logger }));
  router.use(createConversationRoutes(conversations), createConnectionRoutes(connections));
  if (files !== undefined) router.use(createFileRoutes(files));
  if (demoPage) router.use(createDemoPage());
  router.use(answerErrors(logger));
  return router;
}

/** The last resort: no stack and no path of this machine reaches a visitor. Express knows it by its four parameters. */
function answerErrors(logger: Logger): ErrorRequestHandler {
  // eslint-disable-next-line max-params -- the shape is Express'
  return (error, _request, response, next) => {
    logger.error(describeCause(error), 'a route failed');
    if (response.headersSent) next(error);
    else
      response
        .status(500)
        .json({ code: 'internal', message: 'Something went wrong in the gateway; try again.' });
  };
}
