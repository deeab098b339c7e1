/** The live feed of the inbox: server-sent events for the page of the desk. */
import { isDeepStrictEqual } from 'node:util';
import { describeCause, type Timer } from '../base/index.ts';
import type { ConsoleRequest } from './console-guard.ts';
import { FEED_LIMIT, type InboxReader, type OpenBySite } from './desk-inbox-reader.ts';
import { joinPages, pageOfList } from './desk-inbox.ts';
import { memberOf, personOf } from './desk-person.ts';
import { deskSitesOf, type DeskRoutesOptions } from './desk-scope.ts';

/** As for those who read along in the console: a session that an admin has ended sees no more than this. */
const CHECK_EVERY_MS = 5_000;

/**
 * Answers `GET /admin/api/desk/feed`: an event `inbox` with the open conversations at first and whenever they change, and a comment when
 * nothing has. While it is open, the user is there. It ends with the session of the user.
 */
export async function serveFeed(
  options: DeskRoutesOptions,
  reader: InboxReader,
  asked: ConsoleRequest,
): Promise<void> {
  await asked.touch({ target: '', siteId: '' });
  const { response } = asked;
  response.set({ 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
  response.flushHeaders();
  const endings: (() => void)[] = [];
  const end = () => {
    for (const ending of endings.splice(0)) ending();
    response.end();
  };
  endings.push(
    options.lifecycle.onClose(end),
    reader.follow(showInbox(options, asked)),
    watch(options, asked, end),
  );
  response.on('close', end);
  if (response.closed) end(); // before the listener was there
}

/** Writes the inbox whenever it has changed. */
function showInbox(options: DeskRoutesOptions, asked: ConsoleRequest) {
  const { response, user } = asked;
  const { id: personId } = personOf(user);
  let shown: unknown;
  return {
    siteIds: () => deskSitesOf(options, asked).map(({ id }) => id),
    onRead(open: OpenBySite) {
      const pages = deskSitesOf(options, asked).map((site) => ({
        ...pageOfList(open.get(site.id) ?? [], FEED_LIMIT),
        site,
      }));
      const inbox = joinPages(pages, { limit: FEED_LIMIT, personId });
      const isSame = isDeepStrictEqual(inbox, shown);
      shown = inbox;
      response.write(isSame ? ':\n\n' : `event: inbox\ndata: ${JSON.stringify(inbox)}\n\n`);
    },
  };
}

/** Keeps that the user is there, and ends the feed with their session. @returns what ends the watch */
function watch(
  { clock, team, logger }: DeskRoutesOptions,
  { user, session, isStillSignedIn }: ConsoleRequest,
  end: () => void,
): () => void {
  let timer: Timer | undefined;
  let isOver = false;
  const check = async (isFirst: boolean) => {
    // An admin may have ended the session, on any gateway.
    if (clock.now() >= session.expiresAtMs || !(await isStillSignedIn())) end();
    else await team.touch(memberOf(user), isFirst);
  };
  const run = (isFirst = false) => {
    check(isFirst)
      .catch((error: unknown) => {
        logger.warn(describeCause(error), 'whether somebody is at the desk could not be read or kept');
      })
      .finally(() => {
        if (!isOver)
          timer = clock.after(CHECK_EVERY_MS, () => {
            run();
          });
      });
  };
  run(true);
  return () => {
    isOver = true;
    timer?.cancel();
  };
}
