/** The room of HTTP: the routes and upgrades that the composition mounts. */
export { createRoutes, type RoutesOptions } from './routes.ts';
export type { ConnectionRoutesOptions } from './connection-routes.ts';
export type { ConversationRoutesOptions } from './conversation-routes.ts';
export { serveUpgrades, type UpgradeOptions } from './websocket-upgrade.ts';
export { widgetFolder, WidgetFilesError } from './widget-files.ts';
