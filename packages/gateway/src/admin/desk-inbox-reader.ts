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
  const followers = new Set<InboxFollower>();
  /** What was read last: a page that opens within the second is shown this. */
  let open: OpenBySite = new Map();
  let count = 0;
  const readings = createReadings(options, async () => {
    const sites = [...new Set([...followers].flatMap(({ siteIds }) => siteIds()))];
    count += 1;
    if (count % WAKE_EACH === 0) {
      await Promise.all(sites.map((siteId) => wakeSnoozed(options, siteId)));
      return;
    }
    open = await readOpen(options, sites);
    for (const { onRead } of followers) onRead(open);
  });
  return {
    follow(follower) {
      followers.add(follower);
      if (readings.areFresh() && follower.siteIds().every((siteId) => open.has(siteId)))
        follower.onRead(open);
      readings.start();
      return () => {
        followers.delete(follower);
        if (followers.size === 0) readings.stop();
      };
    },
  };
}

/** Calls `read` at once and each second, while it is started, and never within a second of the last call. */
function createReadings(
  { clock, logger }: Pick<DeskRoutesOptions, 'clock' | 'logger'>,
  read: () => Promise<void>,
) {
  let readAtMs = -Infinity;
  let timer: Timer | undefined;
  let isReading = false;
  let isStarted = false;
  const tick = () => {
    timer = undefined;
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
    if (!isStarted || isReading || timer !== undefined) return;
    const delayMs = readAtMs + INTERVAL_MS - clock.now();
    if (delayMs <= 0) tick();
    else timer = clock.after(delayMs, tick);
  };
  return {
    areFresh: () => clock.now() - readAtMs < INTERVAL_MS,
    start() {
      isStarted = true;
      schedule();
    },
    stop() {
      isStarted = false;
      timer?.cancel();
      timer = undefined;
    },
  };
}

async function readOpen(
  { desk }: Pick<DeskRoutesOptions, 'desk'>,
  siteIds: readonly string[],
): Promise<OpenBySite> {
  const query = { of: 'all', status: 'open', limit: FEED_LIMIT } as const;
  const lists = siteIds.map(async (siteId) => [siteId, await desk.list({ siteId, ...query })] as const);
  return new Map(await Promise.all(lists));
}
