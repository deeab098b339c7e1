/** Reads the inbox of each site for all pages of this gateway that show it: one request to the store a second, however many they are. */
import { describeCause, type Timer } from '../base/index.ts';
import type { DeskConversation } from '../stores/desk-store.ts';
import { wakeSnoozed } from './desk-inbox.ts';
import type { DeskRoutesOptions } from './desk-scope.ts';

/** The store is asked this often: it is the one thing that all gateways share, and people do not see a second. */
const INTERVAL_MS = 1_000;
/** In each so many readings, the conversations are opened whose time has come, in place of the reading. People snooze for hours. */
const WAKE_EACH = 10;
/** As many as fit on a page. */
export const FEED_LIMIT = 100;

/** The open conversations by site, at most `FEED_LIMIT` of each. */
export type OpenBySite = ReadonlyMap<string, DeskConversation[]>;

/** A page that is open. */
export interface InboxFollower {
  /** The sites that it shows, asked for before each reading. */
  siteIds: () => readonly string[];
  /** Called after each reading. It must not throw. */
  onRead: (open: OpenBySite) => void;
}

/** The readings of one gateway. */
export interface InboxReader {
  /** Adds a page, which is shown what is known at once. @returns what to call when it closes */
  follow(follower: InboxFollower): () => void;
}

/** Creates the reader. While no page is open it asks for nothing. */
export function createInboxReader(
  options: Pick<DeskRoutesOptions, 'desk' | 'clock' | 'logger'>,
): InboxReader {
  const { desk, clock, logger } = options;
  const followers = new Set<InboxFollower>();
  /** What was read last, and when: a page that opens within the second is shown this. */
  let open = new Map<string, DeskConversation[]>();
  let readAtMs = -Infinity;
  let readings = 0;
  let timer: Timer | undefined;
  let isReading = false;
  const read = async () => {
    const sites = [...new Set([...followers].flatMap(({ siteIds }) => siteIds()))];
    readings += 1;
    if (readings % WAKE_EACH === 0) {
      await Promise.all(sites.map((siteId) => wakeSnoozed(options, siteId)));
      return;
    }
    const query = { of: 'all', status: 'open', limit: FEED_LIMIT } as const;
    const lists = sites.map(async (siteId) => [siteId, await desk.list({ siteId, ...query })] as const);
    open = new Map(await Promise.all(lists));
    for (const { onRead } of followers) onRead(open);
  };
  const tick = () => {
    timer = undefined;
    if (followers.size === 0) return;
    isReading = true;
    readAtMs = clock.now();
    read()
      .catch((error: unknown) => {
        logger.warn(describeCause(error), 'the inbox of the desk could not be read');
      })
      .finally(() => {
        isReading = false;
        schedule();
      });
  };
  const schedule = () => {
    if (isReading || timer !== undefined || followers.size === 0) return;
    const delayMs = readAtMs + INTERVAL_MS - clock.now();
    if (delayMs <= 0) tick();
    else timer = clock.after(delayMs, tick);
  };
  return {
    follow(follower) {
      followers.add(follower);
      const isFresh = clock.now() - readAtMs < INTERVAL_MS;
      if (isFresh && follower.siteIds().every((siteId) => open.has(siteId))) follower.onRead(open);
      schedule();
      return () => {
        followers.delete(follower);
        if (followers.size > 0) return;
        timer?.cancel();
        timer = undefined;
      };
    },
  };
}
