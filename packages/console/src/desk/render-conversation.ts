/** Renders a conversation of the desk: who has it, what can be done with it, and what was written. */
import type { MessageId, Participant } from '@rivulet/protocol';
import { html, nothing, type TemplateResult } from '../../../widget/src/reading.ts';
import type { DecideCall } from '../console-transcript.ts';
import { formatListed } from '../format.ts';
import { hrefOf } from '../router.ts';
import { fill, TEXTS } from '../texts.ts';
import { hrefOfPlace, type DeskFacts, type InboxPlace } from './desk-data.ts';
import type { DeskConversation } from './desk-conversation.ts';
import { dueOf, formatWait } from './waiting.ts';

const { desk: words } = TEXTS;
const NOTHING_SENT: ReadonlySet<MessageId> = new Set();

/** What can be done with a conversation. */
export interface ConversationActions {
  take: () => void;
  takeFrom: () => void;
  release: () => void;
  assign: () => void;
  snooze: () => void;
  close: () => void;
  reopen: () => void;
  decide: DecideCall;
  toEnd: () => void;
  visitorOnly: () => void;
}
/** What is rendered. */
export interface ConversationLook {
  conversation: DeskConversation;
  place: InboxPlace;
  me: Participant | undefined;
  /** Whether the user may take a conversation from somebody else. */
  maySupervise: boolean;
  nowMs: number;
  on: ConversationActions;
}

/** Renders who has it and what can be done. */
export function renderHead(look: ConversationLook): TemplateResult {
  const { conversation, place } = look;
  const { desk, problem, readProblem } = conversation;
  const shown = problem === '' ? readProblem : problem;
  return html`<header class="desk-head">
    <div class="desk-title">
      <a class="button desk-back" href=${hrefOfPlace(place)}>${words.back}</a>
      <h2 tabindex="-1" dir="auto">${titleOf(conversation)}</h2>
    </div>
    ${
      desk === undefined
        ? nothing
        : html`${renderFacts(look, desk)} ${renderContact(desk, look.nowMs)} ${renderActions(look, desk)}`
    }
    ${shown === '' ? nothing : html`<p class="problem" role="alert">${shown}</p>`}
  </header>`;
}

function titleOf({ title, isRead, readProblem }: DeskConversation): string {
  if (isRead) return title ?? TEXTS.search.untitled;
  return readProblem === '' ? TEXTS.loading : words.conversation;
}

function renderFacts(look: ConversationLook, desk: DeskFacts): TemplateResult {
  const { conversation, nowMs } = look;
  const due = dueOf(desk, nowMs);
  return html`<p class="desk-facts">
    <strong>${ownerSentence(look)}</strong>
    ${
      desk.waitingSinceMs === undefined
        ? nothing
        : html`<span>${words.waits} ${formatWait(nowMs - desk.waitingSinceMs)}</span>`
    }
    ${due === undefined ? nothing : html`<span class="mark ${due.isLate ? 'is-late' : ''}">${due.text}</span>`}
    ${statusText(desk, nowMs)}
    <span>${words.site} <bdi>${conversation.siteId}</bdi></span>
    <a href=${hrefOf(conversation.id)}>${words.details}</a>
    <span class="live" data-status=${conversation.live === 'live' ? 'live' : 'connecting'}
      >${conversation.isVisitorTyping ? words.visitorTypes : conversation.live === 'live' ? TEXTS.conversation.live : TEXTS.conversation.connecting}</span
    >
  </p>`;
}

function statusText({ status, snoozedUntilMs }: DeskFacts, nowMs: number): TemplateResult | typeof nothing {
  if (status === 'open') return nothing;
  if (status === 'closed') return html`<span class="mark">${words.statuses.closed}</span>`;
  const text =
    snoozedUntilMs === undefined
      ? words.untilVisitor
      : fill(words.untilTime, { time: formatListed(snoozedUntilMs, nowMs) });
  return html`<span class="mark">${text}</span>`;
}

/** Who answers, in a sentence. */
export function ownerSentence({ conversation, me }: Pick<ConversationLook, 'conversation' | 'me'>): string {
  const { owner } = conversation;
  if (owner === undefined || owner.kind === 'ai') return words.aiHas;
  if (owner.kind === 'queue') return words.queueHas;
  return conversation.isOf(me?.id) ? words.youHave : fill(words.has, { name: owner.person?.name ?? '' });
}

function renderContact({ contact }: DeskFacts, nowMs: number): TemplateResult | typeof nothing {
  if (contact === undefined) return nothing;
  const { name, email, consentAtMs } = contact;
  return html`<p class="desk-contact">
    ${words.contact} ${name === undefined ? nothing : html`<bdi>${name}</bdi>, `}<a
      href="mailto:${encodeURIComponent(email)}"
      ><bdi>${email}</bdi></a
    >
    <span class="hint">${formatListed(consentAtMs, nowMs)}</span>
  </p>`;
}

function renderActions(look: ConversationLook, { status }: DeskFacts): TemplateResult {
  const { conversation, me, maySupervise, on } = look;
  const { owner, busy } = conversation;
  const isMine = conversation.isOf(me?.id);
  const isOthers = owner?.kind === 'person' && !isMine;
  const isOfDesk = owner?.kind === 'queue' || isMine || (isOthers && maySupervise);
  const button = (text: string, act: () => void, tone = '') =>
    html`<button type="button" class="button ${tone}" aria-disabled=${busy !== undefined} @click=${act}>
      ${text}
    </button>`;
  return html`<div class="actions" role="group" aria-label=${words.actions}>
    ${isMine || isOthers ? nothing : button(busy === 'take' ? words.taking : words.take, on.take, 'is-main')}
    ${isMine ? button(words.release, on.release) : nothing}
    ${isOthers && maySupervise ? button(fill(words.takeFrom, { name: owner.person?.name ?? '' }), on.takeFrom) : nothing}
    ${isOfDesk ? button(isMine ? words.transfer : words.assign, on.assign) : nothing}
    ${isOfDesk && status === 'open' ? button(words.snooze, on.snooze) : nothing}
    ${isOfDesk && status !== 'closed' ? button(words.close, on.close) : nothing}
    ${isOfDesk && status !== 'open' ? button(words.reopen, on.reopen) : nothing}
  </div>`;
}

/** Renders what was written, the newest message in view. */
export function renderThread({ conversation, me, on }: ConversationLook): TemplateResult {
  const { replies } = conversation.unsent.outbox;
  const sending = replies.length === 0 ? NOTHING_SENT : new Set(replies.map(({ messageId }) => messageId));
  const messages = conversation.messagesOf(me);
  return html`<div class="desk-thread">
    <desk-scroller tabindex="0" role="region" aria-label=${words.messages}>
      <div class="desk-messages">
        <console-transcript
          .facts=${'none'}
          .fileAddress=${conversation.fileAddress}
          .siteId=${conversation.siteId ?? ''}
          .messages=${messages}
          .owner=${conversation.owner}
          .notes=${conversation.notes}
          .sending=${sending}
          .decide=${on.decide}
          @visitor-only=${on.visitorOnly}
        ></console-transcript>
      </div>
    </desk-scroller>
    <button type="button" class="button desk-latest" @click=${on.toEnd}>${words.latest}</button>
  </div>`;
}
