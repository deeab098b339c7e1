/** A transport over another: tabs of one browser that speak as the same person share one line where the platform allows it. */
import type { CommandOf, ConversationId } from '@rivulet/protocol';
import type { Environment } from '../environment/environment.ts';
import type { Transport } from '../transports/transport.ts';
import { SoloTab } from './solo-tab.ts';
import { PendingConnection } from '../transports/pending-connection.ts';
import { TAB_CHANNEL_VERSION } from './tab-messages.ts';

export interface TabTransportOptions {
  environment: Environment;
  /** Opens the real lines. */
  transport: Transport;
  gateway: string;
  site: string;
  /** Who speaks; '': an anonymous visitor. @see personOf */
  identityKey: () => string;
  /** A new line at once, if this tab wants one at all. */
  restart: () => void;
  /** See whether the line lives. */
  probe: () => void;
  /** What this tab follows. */
  conversationId: () => ConversationId;
}

/** A transport with an end: while nobody wants a line, this tab must not lead. */
export interface TabTransport extends Transport {
  /** May be called twice; the next `open` enters again. */
  leave(): void;
}

/** Without locks or channels every line is the transport's own. */
export function createTabTransport(options: TabTransportOptions): TabTransport {
  const { environment, transport, gateway, site } = options;
  const { locks } = environment;
  if (locks === undefined || environment.channel === undefined)
    return { name: transport.name, open: (observer) => transport.open(observer), leave: () => undefined };

  let current: { name: string; tab: SoloTab } | undefined;
  const leave = () => {
    current?.tab.leave();
    current = undefined;
  };
  /** This tab among those of whoever speaks now. */
  const enter = (): SoloTab => {
    const identityKey = options.identityKey();
    const name = `${TAB_CHANNEL_VERSION}:${gateway}:${site}:line:${identityKey}`;
    if (current?.name !== name) {
      leave();
      const tokens = identityKey === '' ? 'compared' : 'secret';
      current = { name, tab: new SoloTab({ ...options, locks, name, tokens }) };
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
