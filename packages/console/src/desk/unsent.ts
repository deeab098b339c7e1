/** What a user has written and not sent, by conversation. It is kept while the console is open, whichever page is shown. */
import type { FilePart } from '@rivulet/protocol';
import { ask } from '../api.ts';
import { Attachments } from './attachments.ts';
import { Outbox } from './outbox.ts';

/** What a text becomes: a message to the visitor, or a note that only the team reads. */
export type WritingMode = 'reply' | 'note';

/** What is not sent of one conversation. */
export interface UnsentOf {
  /** The texts in the field. */
  drafts: Record<WritingMode, string>;
  /** The files that go with the next reply. */
  attachments: Attachments;
  outbox: Outbox;
}

/** All that is not sent. */
export class Unsent {
  /** Bounded by the conversations that one person opens. */
  readonly #of = new Map<string, UnsentOf>();
  readonly #explain: (error: unknown) => string;

  /** @param explain the text for a failure; it asks to sign in again when the session has ended */
  constructor(explain: (error: unknown) => string) {
    this.#explain = explain;
  }

  /** That of a conversation. The same object each time. */
  of(id: string): UnsentOf {
    const known = this.#of.get(id);
    if (known !== undefined) return known;
    const path = `desk/conversations/${encodeURIComponent(id)}`;
    const attachments = new Attachments({
      upload: (file, signal) =>
        ask<{ file: FilePart }>(`${path}/files`, {
          method: 'POST',
          query: { name: file.name },
          file,
          signal,
        }),
      explain: this.#explain,
    });
    const outbox = new Outbox({
      send: (body) => ask(`${path}/reply`, { method: 'POST', body }),
      explain: this.#explain,
      now: () => Date.now(),
    });
    const unsent: UnsentOf = { drafts: { reply: '', note: '' }, attachments, outbox };
    this.#of.set(id, unsent);
    return unsent;
  }

  /** Whether something is lost when the console is closed now. */
  get isEmpty(): boolean {
    return [...this.#of.values()].every(
      ({ drafts, attachments, outbox }) =>
        drafts.reply.trim() === '' &&
        drafts.note.trim() === '' &&
        attachments.files.length === 0 &&
        !outbox.hasUnsent,
    );
  }
}
