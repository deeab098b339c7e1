/** What the transcript shows of the people behind the chat: who answers from where on, and the pictures of those who wrote. */
import type { ConversationOwner, MessageId, Participant } from '@rivulet/protocol';
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import type { DeskStrings } from '../i18n/desk-strings.ts';
import { fill } from '../i18n/rich-strings.ts';
import type { OwnerChange, OwnerChanges } from './owner-changes.ts';
import type { DeskNotices } from './panel-desk-contract.ts';

/** What the notices are made of. */
export interface NoticesSource {
  changes: OwnerChanges;
  /** The first message on its way that was written after the newest change; the gateway adds it after the change. */
  firstPendingId: MessageId | undefined;
  owner: ConversationOwner | undefined;
  strings: DeskStrings;
  renderFace: (person: Participant) => TemplateResult;
}

/** The notices while nothing is known yet. */
export const EMPTY_NOTICES: DeskNotices = {
  renderTop: () => undefined,
  renderBefore: () => nothing,
  renderEnd: () => nothing,
};

/** Creates the notices. */
export function createNotices({
  changes: { before, end },
  firstPendingId,
  owner,
  strings,
  renderFace,
}: NoticesSource): DeskNotices {
  const render = (change: OwnerChange | undefined): TemplateResult | typeof nothing =>
    change === undefined
      ? nothing
      : html`<p class="owner-change" part="owner-change" dir="auto">
          <span>${textOfChange(change, strings)}</span>
        </p>`;
  return {
    renderTop: (aiNotice) => (owner?.kind === 'person' ? renderTop(owner, { aiNotice, strings }) : undefined),
    renderBefore: ({ message: { id, author } }) =>
      html`${render(id === firstPendingId ? end : before.get(id))}${
        author === undefined ? nothing : html`<div class="message-face">${renderFace(author)}</div>`
      }`,
    renderEnd: () => (firstPendingId === undefined ? render(end) : nothing),
  };
}

/** The notice that an AI answers keeps its place, so that the messages below do not move. */
function renderTop(
  { person }: ConversationOwner,
  { aiNotice, strings }: { aiNotice: string; strings: DeskStrings },
): TemplateResult {
  const text = fill(strings.personNotice, { name: person?.name ?? '' });
  return html`<span class="notice-place"
    ><span>${text}</span><span aria-hidden="true">${aiNotice}</span></span
  >`;
}

/** Says in words who answers from now on, as it is shown and announced. */
export function textOfChange({ kind, name }: OwnerChange, strings: DeskStrings): string {
  const texts = { ai: strings.aiReturned, queue: strings.inQueue, person: strings.personJoined };
  return fill(texts[kind], { name });
}
