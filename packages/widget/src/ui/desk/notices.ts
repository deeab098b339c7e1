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
  /** Renders what stands below the notice that the visitor waits. Default: nothing. */
  renderBelowQueue?: () => unknown;
  /** Renders what stands below everything: the request for a person, or the offer to make one. Default: nothing. */
  renderRequest?: () => unknown;
}

/** The notices while nothing is known yet. */
export const EMPTY_NOTICES: DeskNotices = {
  renderTop: () => undefined,
  renderBefore: () => nothing,
  renderEnd: () => nothing,
};

/** The id of the notice that the visitor waits. There is one: only the newest owner can be the queue. */
export const QUEUE_NOTICE_ID = 'rivulet-queue-notice';

/** Creates the notices. */
export function createNotices({
  changes: { before, end },
  firstPendingId,
  owner,
  strings,
  renderFace,
  renderBelowQueue = () => nothing,
  renderRequest = () => nothing,
}: NoticesSource): DeskNotices {
  const render = (change: OwnerChange | undefined): unknown => {
    if (change === undefined) return nothing;
    const isQueue = change.kind === 'queue';
    const line = renderLine(textOfChange(change, owner, strings), isQueue ? QUEUE_NOTICE_ID : undefined);
    return isQueue ? html`${line}${renderBelowQueue()}` : line;
  };
  return {
    renderTop: (aiNotice) => (owner?.kind === 'person' ? renderTop(owner, { aiNotice, strings }) : undefined),
    renderBefore: ({ message: { id, author } }) =>
      html`${render(id === firstPendingId ? end : before.get(id))}${
        author === undefined ? nothing : html`<div class="message-face">${renderFace(author)}</div>`
      }`,
    renderEnd: () => html`${firstPendingId === undefined ? render(end) : nothing}${renderRequest()}`,
  };
}

/** Renders a line across the transcript. @param content text, or a template with it */
export const renderLine = (content: unknown, id?: string): TemplateResult =>
  html`<p class="owner-change" part="owner-change" dir="auto" id=${id ?? nothing}>
    <span>${content}</span>
  </p>`;

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

/** Says in words who answers from now on, as it is shown and announced. @param owner the newest one, for details of the queue */
export function textOfChange(
  { kind, name }: OwnerChange,
  owner: ConversationOwner | undefined,
  strings: DeskStrings,
): string {
  const texts = { ai: strings.aiReturned, queue: textOfQueue(owner, strings), person: strings.personJoined };
  return fill(texts[kind], { name });
}

function textOfQueue(owner: ConversationOwner | undefined, strings: DeskStrings): string {
  if (owner?.isAway !== true) return strings.inQueue;
  return owner.hasAddress === true ? strings.addressSent : strings.nobodyThere;
}
