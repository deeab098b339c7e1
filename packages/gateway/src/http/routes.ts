/** All HTTP routes of the gateway, in one router. */
import express, { type ErrorRequestHandler, type Router } from 'express';
import { describeCause, type Logger } from '../base/index.ts';
import { createConversationRoutes, type ConversationRoutesOptions } from './conversation-routes.ts';
import { createDemoPage } from './demo-page.ts';
import { handleBodyErrors } from './error-response.ts';
import { createFileRoutes, type FileRoutesOptions } from './file-routes.ts';
import { createHoldRoutes, type HoldRoutesOptions } from './hold-routes.ts';
import { createHealthRoutes, type HealthOptions } from './health.ts';
import { answerNotFound, createSecurityHeaders, secureErrors } from './security-headers.ts';
import { createConnectionRoutes, type ConnectionRoutesOptions } from './connection-routes.ts';
import { isConsoleRoute } from './route-table.ts';
import { createRevocationRoute, type RevocationRouteOptions } from './revocation-route.ts';
import { createWebhookRoutes, type WebhookRoutesOptions } from './webhook-routes.ts';
import { createWidgetRoutes } from './widget-files.ts';

/** What the routes of operators need. */
export interface OperatorRoutesOptions
  extends HealthOptions, RevocationRouteOptions, HoldRoutesOptions, WebhookRoutesOptions {}

/** What the routes need, by group of routes. */
export interface RoutesOptions {
  health: OperatorRoutesOptions;
  logger: Logger;
  /** Whether to serve the demo page at `/`. */
  demoPage: boolean;
  /** The path of the folder that contains `rivulet.js` and its modules. */
  widgetFolder: string;
  connections: ConnectionRoutesOptions;
  /** Undefined when this gateway accepts no files: there are no routes for them then. */
  files: FileRoutesOptions | undefined;
  conversations: ConversationRoutesOptions;
  /** The endpoints that speak other people's protocols. */
  compat: Router;
  /** The routes of the operator's console. Undefined: they are not served here. */
  console: Router | undefined;
}

/** Creates the router. @throws {WidgetFilesError} when the widget folder cannot be read or lacks a file */
export function createRoutes({
  health,
  logger,
  demoPage,
  widgetFolder,
  connections,
  files,
  conversations,
  compat,
  console,
}: RoutesOptions): Router {
  const router = express.Router();
  // Only on the gateway's own paths: other requests fall through to the host application.
  router.use(createSecurityHeaders((name) => console !== undefined || !isConsoleRoute(name)));
  router.use(createWidgetRoutes(widgetFolder, connections.sites));
  router.use(createHealthRoutes(health), createRevocationRoute(health), createHoldRoutes(health));
  router.use(createWebhookRoutes(health));
  router.use(createConversationRoutes(conversations), createConnectionRoutes(connections));
  router.use(compat);
  if (files !== undefined) router.use(createFileRoutes(files));
  if (console !== undefined) router.use(console);
  if (demoPage) router.use(createDemoPage());
  // Also what Express itself refuses, such as an address that is no UTF-8.
  router.use(secureErrors, handleBodyErrors, createErrorHandler(logger));
  return router;
}

/** The last error handler: no stack trace and no file path reaches a visitor. Express recognises it by its four parameters. */
function createErrorHandler(logger: Logger): ErrorRequestHandler {
  // eslint-disable-next-line max-params -- the signature is Express'
  return (error, _request, response, next) => {
    logger.error(describeCause(error), 'a request failed; it was answered with status 500');
    if (response.headersSent) {
      next(error);
      return;
    }
    response
      .status(500)
      .json({ code: 'internal', message: 'Something went wrong in the gateway; try again.' });
  };
}

/** Creates the router of a listener for operators: their routes, the console, and 404 for everything else. */
export function createOperatorRoutes(health: OperatorRoutesOptions, console: Router | undefined): Router {
  const router = express.Router();
  router.use(
    createSecurityHeaders(),
    createHealthRoutes(health),
    createRevocationRoute(health),
    createHoldRoutes(health),
    createWebhookRoutes(health),
  );
  if (console !== undefined) router.use(console);
  router.use(...answerNotFound);
  router.use(secureErrors, createErrorHandler(health.logger));
  return router;
}
