/** A reply that the model suggests to whoever has a conversation. */
import { ChatError } from '@rivulet/protocol';
import * as v from 'valibot';
import { checkHas } from '../conversations/desk-record.ts';
import { NO_DESK } from '../stores/desk-store.ts';
import type { ConsoleRequest } from './console-guard.ts';
import { askedConversation, bodyOf, type DeskRoutesOptions } from './desk-scope.ts';

const DraftSchema = v.strictObject({
  instruction: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(500))),
});

/**
 * Answers `POST /admin/api/desk/conversations/:id/draft`. The model stops when the request is closed.
 * @throws {ChatError} unsupported when the site has no drafts; conflict when the person does not have the conversation; those of `Drafts`
 */
export async function serveDraft(options: DeskRoutesOptions, asked: ConsoleRequest): Promise<void> {
  const { record, site, person } = await askedConversation(options, asked);
  const { instruction } = bodyOf(DraftSchema, asked);
  if (site.desk.drafts !== true)
    throw new ChatError('unsupported', { message: 'This site has no drafts; see desk.drafts.' });
  checkHas(record.desk ?? NO_DESK, person);
  const { response } = asked;
  const ending = new AbortController();
  const forget = options.lifecycle.onClose(() => {
    ending.abort(new ChatError('draining'));
  });
  response.on('close', () => {
    ending.abort();
  });
  try {
    const request = { conversationId: record.id, site, person, instruction };
    const draft = await options.drafts.write(request, ending.signal);
    response.json({ draft });
  } catch (error) {
    if (!response.destroyed) throw error;
  } finally {
    forget();
  }
}
