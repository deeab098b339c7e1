/** The routes of the desk in the console, `/admin/api/desk`. They show the sites that have a desk, and nothing of the others. */
import type { RequestHandler } from 'express';
import * as v from 'valibot';
import type { ActionOn } from '../access/actions.ts';
import type { RouteName } from '../http/route-table.ts';
import { AVAILABILITY_CHOICES } from '../stores/desk-team-store.ts';
import type { ConsoleRequest } from './console-guard.ts';
import { serveDraft } from './desk-draft.ts';
import { serveFeed } from './desk-feed.ts';
import { receiveDeskFile, sendDeskFile } from './desk-files.ts';
import { createOwnerHandlers, createWritingHandlers } from './desk-handlers.ts';
import { createInboxReader } from './desk-inbox-reader.ts';
import { listInbox, readDesk } from './desk-inbox.ts';
import { memberOf, personOf } from './desk-person.ts';
import { bodyOf, type DeskRoutesOptions } from './desk-scope.ts';

type Guard = (
  action: ActionOn<'console'>,
  handler: (asked: ConsoleRequest) => Promise<void>,
) => RequestHandler;

const ChoiceSchema = v.strictObject({ choice: v.picklist(AVAILABILITY_CHOICES) });

/** Creates the handlers by their routes. @param guard decides who may ask, and records it */
export function deskRoutes(
  options: DeskRoutesOptions,
  guard: Guard,
): Readonly<Partial<Record<RouteName, RequestHandler>>> {
  const reader = createInboxReader(options);
  const one = { ...createOwnerHandlers(options), ...createWritingHandlers(options) };
  return {
    'GET /admin/api/desk': guard('console-desk-overview', async (asked) => {
      await asked.touch({ target: '', siteId: '' });
      await options.team.touch(memberOf(asked.user), true);
      await readDesk(options, asked);
    }),
    'GET /admin/api/desk/feed': guard('console-desk-feed', (asked) => serveFeed(options, reader, asked)),
    'POST /admin/api/desk/availability': guard('console-desk-availability', async (asked) => {
      const { choice } = bodyOf(ChoiceSchema, asked);
      await asked.touch({ target: choice, siteId: '' });
      await options.team.touch(memberOf(asked.user), true);
      await options.team.choose(personOf(asked.user).id, choice);
      asked.response.status(204).end();
    }),
    'GET /admin/api/desk/conversations': guard('console-desk-list', (asked) => listInbox(options, asked)),
    'GET /admin/api/desk/conversations/:id': guard('console-desk-read', one.read),
    'POST /admin/api/desk/conversations/:id/take': guard('console-desk-take', one.take),
    'POST /admin/api/desk/conversations/:id/release': guard('console-desk-release', one.release),
    'POST /admin/api/desk/conversations/:id/assign': guard('console-desk-assign', one.assign),
    'POST /admin/api/desk/conversations/:id/reply': guard('console-desk-reply', one.reply),
    'GET /admin/api/desk/conversations/:id/files/:file': guard('console-desk-file', (asked) =>
      sendDeskFile(options, asked),
    ),
    'POST /admin/api/desk/conversations/:id/draft': guard('console-desk-draft', (asked) =>
      serveDraft(options, asked),
    ),
    'POST /admin/api/desk/conversations/:id/status': guard('console-desk-status', one.setStatus),
    'POST /admin/api/desk/conversations/:id/notes': guard('console-desk-note', one.addNote),
    'POST /admin/api/desk/conversations/:id/typing': guard('console-desk-typing', one.setTyping),
    'POST /admin/api/desk/conversations/:id/approval': guard('console-desk-decide', one.decideCall),
  };
}

/** Those whose body is not read as text, to be added before it is. */
export function deskUploadRoutes(
  options: DeskRoutesOptions,
  guard: Guard,
): Readonly<Partial<Record<RouteName, RequestHandler>>> {
  return {
    'POST /admin/api/desk/conversations/:id/files': guard('console-desk-upload', (asked) =>
      receiveDeskFile(options, asked),
    ),
  };
}
