/** The files of a conversation at the desk: what a person sends, and what there is of both sides. They belong to the visitor. */
import { ChatError } from '@rivulet/protocol';
import { checkHas } from '../conversations/desk-record.ts';
import { visitorOf } from '../conversations/desk-reply.ts';
import { filePartOf, readUpload, sendFile } from '../http/file-exchange.ts';
import { NO_DESK } from '../stores/desk-store.ts';
import type { ConsoleRequest } from './console-guard.ts';
import { askedConversation, type DeskRoutesOptions } from './desk-scope.ts';

/**
 * Answers `POST /admin/api/desk/conversations/:id/files`: keeps the file in the visitor's place, under the same limits. It is sent by a
 * reply with its part; without one it is deleted as other files that were not sent.
 * @throws {ChatError} conflict when the person does not have the conversation; unsupported, too-large, quota-exceeded; bad-frame
 */
export async function receiveDeskFile(options: DeskRoutesOptions, asked: ConsoleRequest): Promise<void> {
  const { record, site, person } = await askedConversation(options, asked);
  checkHas(record.desk ?? NO_DESK, person);
  const upload = { principal: visitorOf(record), site, ...readUpload(asked.request) };
  const stored = await options.uploads.put(upload);
  asked.response.status(201).json({ file: { type: 'file', ...filePartOf(stored) } });
}

/** Answers `GET /admin/api/desk/conversations/:id/files/:file` with a file that was sent in the conversation. @throws {ChatError} not-found */
export async function sendDeskFile(options: DeskRoutesOptions, asked: ConsoleRequest): Promise<void> {
  const { record } = await askedConversation(options, asked);
  const opened = await options.uploads.open(String(asked.request.params.file));
  if (opened?.record.conversationId === record.id) {
    await sendFile(asked.response, opened, 'same-origin');
    return;
  }
  opened?.content.destroy();
  throw new ChatError('not-found', { message: 'There is no such file.' });
}
