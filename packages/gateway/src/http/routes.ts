/** All HTTP routes of the gateway, in one router. */
import express, { type ErrorRequestHandler, type Router } from 'express';
import helmet from 'helmet';
import type { Registry } from 'prom-client';
import { describeCause, type Logger } from '../base/index.ts';
import { createConversationRoutes, type ConversationRoutesOptions } from './conversation-routes.ts';
import { createDemoPage } from './demo-page.ts';
import { createFileRoutes, type FileRoutesOptions } from './file-routes.ts';
import { createHealthRoutes } from './health.ts';
import { createConnectionRoutes, type ConnectionRoutesOptions } from './connection-routes.ts';
import { createWidgetRoutes } from './widget-files.ts';

/** What the routes need, by group of routes. */
export interface RoutesOptions {
  /** Rejects while the gateway should get no traffic. */
  checkReady: () => Promise<void>;
  /** Tells whether the upstream can be reached; undefined when the provider cannot be checked. */
  upstreamStatus: (() => Promise<string>) | undefined;
  /** The metrics of `/metrics`. */
  registry: Registry;
  logger: Logger;
  /** Whether to serve the demo page at `/`. */
  demoPage: boolean;
  /** The path of the folder that contains `rivulet.js` and its modules. */
  widgetFolder: string;
  connections: ConnectionRoutesOptions;
  /** Undefined when this gateway accepts no files: there are no routes for them then. */
  files: FileRoutesOptions | undefined;
  conversations: ConversationRoutesOptions;
}

/** Creates the router. @throws {WidgetFilesError} when the widget folder cannot be read or has no `rivulet.js` */
export function createRoutes({
  checkReady,
  upstreamStatus,
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
  // Only on the gateway's own routes: other requests fall through to the host application. No HSTS header: TLS ends at a proxy in
  // front of the gateway, which sets it.
  router.use(
    ['/healthz', '/readyz', '/metrics'],
    helmet({ contentSecurityPolicy: false, strictTransportSecurity: false }),
  );
  router.use(createHealthRoutes({ checkReady, upstreamStatus, registry, logger }));
  router.use(createConversationRoutes(conversations), createConnectionRoutes(connections));
  if (files !== undefined) router.use(createFileRoutes(files));
  if (demoPage) router.use(createDemoPage());
  router.use(createErrorHandler(logger));
  return router;
}

/** The last error handler: no stack trace and no file path reaches a visitor. Express recognises it by its four parameters. */
function createErrorHandler(logger: Logger): ErrorRequestHandler {
  // eslint-disable-next-line max-params -- the signature is Express'
  return (error, _request, response, next) => {
    logger.error(describeCause(error), 'a request failed; it was answered with status 500');
    if (response.headersSent) next(error);
    else
      response
        .status(500)
        .json({ code: 'internal', message: 'Something went wrong in the gateway; try again.' });
  };
}
