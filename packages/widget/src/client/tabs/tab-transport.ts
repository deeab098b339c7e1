/** A transport over another: tabs of one browser that speak as the same person share one line where the platform allows it. */
import type { CommandOf } from '@rivulet/protocol';
import type { Environment } from '../environment.ts';
import type { Transport } from '../transports/transport.ts';
import { personOf } from './person.ts';
import { TabGroup } from './tab-group.ts';
import { TabLine } from './tab-line.ts';
import { TAB_WORDS } from './tab-messages.ts';

export interface TabTransportOptions {
  environment: Environment;
  /** Opens the real lines. */
  transport: Transport;
  gateway: string;
  site: string;
  /** The token that the site gave; undefined: an anonymous visitor. */
  siteToken: () => string | undefined;
  /** A new line at once, if this tab wants one at all. */
  restart: () => void;
  /** See whether the line lives. */
  probe: () => void;
}

/** A transport with an end: while nobody wants a line, this tab must not lead. */
export interface TabTransport extends Transport {
  /** May be called twice; the next `open` enters again. */
  leave(): void;
}

/** Without locks or channels every line is the transport's own. */
export function createTabTransport(options: TabTransportOptions): TabTransport {
  const { environment, transport, gateway, site, siteToken, restart, probe } = options;
  const { locks } = environment;
  if (locks === undefined || environment.channel === undefined)
    return { name: transport.name, open: (observer) => transport.open(observer), leave: () => undefined };

  let current: { name: string; group: TabGroup } | undefined;
  const leave = () => {
    current?.group.leave();
    current = undefined;
  };
  /** The group of whoever speaks now. */
  const enter = (): TabGroup => {
    const token = siteToken();
    const name = `${TAB_WORDS}:${gateway}:${site}:line:${personOf(token)}`;
    if (current?.name !== name) {
      leave();
      const tokens = token === undefined ? 'compared' : 'secret';
      current = {
        name,
        group: new TabGroup({ environment, locks, transport, name, tokens, restart, probe }),
      };
    }
    return current.group;
  };
  const keeper = {
    opened: (line: TabLine, hello: CommandOf<'hello'>) => {
      const group = enter();
      groups.set(line, group);
      group.opened(line, hello);
    },
    closed: (line: TabLine) => groups.get(line)?.closed(line),
  };
  const groups = new WeakMap<TabLine, TabGroup>();
  return { name: transport.name, open: (observer) => new TabLine(observer, keeper), leave };
}
