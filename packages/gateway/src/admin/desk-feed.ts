/** The live feed of the inbox: server-sent events for the page of the desk. */
import { describeCause, type Timer } from '../base/index.ts';
import { isDeepStrictEqual } from 'node:util';
import type { ConsoleRequest } from './console-guard.ts';
import { readInbox } from './desk-inbox.ts';
import { memberOf } from './desk-person.ts';
import { deskSitesOf, type DeskRoutesOptions } from './desk-scope.ts';

/** The store is asked this often: it is the one thing that all gateways share, and people do not see a second. */
const INTERVAL_MS = 1_000;
/** As many as fit on a page. */
const LIMIT = 100;

/**
 * Answers `GET /admin/api/desk/feed`: an event `inbox` with the open conversations at first and whenever they change, and a comment when
 * nothing has. While it is open, the user is there. It ends with the session of the user.
 */
export async function serveFeed(options: DeskRoutesOptions, asked: ConsoleRequest): Promise<void> {
  const { clock, team, logger, lifecycle } = options;
  const { response, session, user } = asked;
  await asked.touch({ target: '', siteId: '' });
  response.set({ 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
  response.flushHeaders();
  let shown: unknown;
  let timer: Timer | undefined;
  const end = () => {
    timer?.cancel();
    response.end();
  };
  const send = async () => {
    // An admin may have ended the session, on any gateway.
    if (!(await asked.isStillSignedIn())) {
      end();
      return;
    }
    await team.touch(memberOf(user), shown === undefined);
    const query = { view: 'all', status: 'open', limit: LIMIT, sites: deskSitesOf(options, asked) } as const;
    const inbox = await readInbox(options, asked, { ...query, after: undefined, q: undefined });
    const isSame = isDeepStrictEqual(inbox, shown);
    shown = inbox;
    response.write(isSame ? ':\n\n' : `event: inbox\ndata: ${JSON.stringify(inbox)}\n\n`);
  };
  const tick = (): void => {
    if (response.writableEnded) return;
    if (clock.now() >= session.expiresAtMs) {
      end();
      return;
    }
    send()
      .catch((error: unknown) => {
        logger.warn(describeCause(error), 'the inbox of the desk could not be read');
      })
      .finally(() => {
        if (!response.writableEnded) timer = clock.after(INTERVAL_MS, tick);
      });
  };
  const forget = lifecycle.onClose(end);
  response.on('close', () => {
    forget();
    end();
  });
  tick();
}
