/** Tabs of one browser: they share one connection (begin with tab-group.ts) and the visitor's state (tab-sync.ts). */
export { TabSync, type TabSyncOptions } from './tab-sync.ts';
export { createTabTransport, type TabTransport, type TabTransportOptions } from './tab-transport.ts';
