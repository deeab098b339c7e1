/** Wraps a transport: tabs of one browser with the same identity share one connection, where the browser supports it. */
import type { CommandOf, ConversationId } from '@rivulet/protocol';
import type { Environment } from '../environment/environment.ts';
import type { Transport } from '../transports/transport.ts';
import { SoloTab } from './solo-tab.ts';
import { PendingConnection } from '../transports/pending-connection.ts';
import { TAB_CHANNEL_VERSION } from './tab-messages.ts';

/** Options of `createTabTransport`. */
export interface TabTransportOptions {
  environment: Environment;
  /** Opens the connections. */
  transport: Transport;
  gateway: string;
  site: string;
  /** Identifies the user who is signed in; empty for an anonymous visitor. */
  identityKey: () => string;
  /** Reconnects at once, if this tab wants a connection at all. */
  restart: () => void;
  /** Checks whether the connection is alive. */
  probe: () => void;
  /** The conversation that this tab follows. */
  conversationId: () => ConversationId;
}

/** A transport that can leave its group of tabs: a tab that needs no connection must not lead. */
export interface TabTransport extends Transport {
  /** Leaves the group of tabs. May be called twice; the next `open` joins it again. */
  leave(): void;
}

/**
 * Creates the transport. In a browser without locks or channels, each tab has its own connection; also without storage, through
 * which the tabs share the token of an anonymous visitor.
 */
export function createTabTransport(options: TabTransportOptions): TabTransport {
  const { environment, transport, gateway, site } = options;
  const { locks, storage } = environment;
  if (locks === undefined || environment.channel === undefined || storage === null)
    return { name: transport.name, open: (observer) => transport.open(observer), leave: () => undefined };

  let current: { name: string; tab: SoloTab } | undefined;
  const leave = () => {
    current?.tab.leave();
    current = undefined;
  };
  /** Joins the group of the current identity. */
  const enter = (): SoloTab => {
    const identityKey = options.identityKey();
    const name = `${TAB_CHANNEL_VERSION}:${gateway}:${site}:line:${identityKey}`;
    if (current?.name !== name) {
      leave();
      current = { name, tab: new SoloTab({ ...options, locks, name }) };
    }
    return current.tab;
  };
  const owner = {
    opened: (connection: PendingConnection, hello: CommandOf<'hello'>) => {
      const tab = enter();
      tabs.set(connection, tab);
      tab.opened(connection, hello);
    },
    closed: (connection: PendingConnection) => tabs.get(connection)?.closed(connection),
  };
  const tabs = new WeakMap<PendingConnection, SoloTab>();
  return { name: transport.name, open: (observer) => new PendingConnection(observer, owner), leave };
}
