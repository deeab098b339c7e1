/** The room of HTTP: the routes and upgrades that the composition mounts. */
export {
  createOperatorRoutes,
  createRoutes,
  type OperatorRoutesOptions,
  type RoutesOptions,
} from './routes.ts';
export { answerNotFound } from './security-headers.ts';
export type { ConnectionRoutesOptions } from './connection-routes.ts';
export type { ConversationRoutesOptions } from './conversation-routes.ts';
export { serveUpgrades, type UpgradeOptions } from './websocket-upgrade.ts';
export {
  createSnippet,
  GATEWAY_URL_PROBLEM,
  readGatewayUrl,
  type Snippet,
  type SnippetOptions,
} from './snippet.ts';
export { readWidgetIntegrity, widgetFolder, WidgetFilesError, type WidgetIntegrity } from './widget-files.ts';
