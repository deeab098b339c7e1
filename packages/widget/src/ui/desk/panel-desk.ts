/** What the panel shows of the people behind the chat. Loaded when a conversation has been answered by a person, or should be. */
import type { ConversationOwner, MessageId, Participant, Timer } from '@rivulet/protocol';
import { nothing, type TemplateResult } from '../lit/lit.ts';
import type { ReactiveController } from '../lit/reactive-element.ts';
import type { Chat, ChatEvents } from '../../client/chat.ts';
import { isAnsweredByAi } from '../../client/conversation/is-answered-by-ai.ts';
import { focusPanel } from '../app/focus-panel.ts';
import { deskStrings, loadDeskStrings, type DeskStrings } from '../i18n/desk-strings.ts';
import { formStyles } from '../styles/form-styles.ts';
import { adoptStyles } from '../styles/styles.ts';
import { deskStyles } from './desk-styles.ts';
import { defineAddress } from './address-form.ts';
import { renderFace } from './face.ts';
import { createNotices, EMPTY_NOTICES, textOfChange } from './notices.ts';
import { ownerChanges, type OwnerChanges } from './owner-changes.ts';
import type { DeskHost, DeskNotices, PanelDesk } from './panel-desk-contract.ts';
import { isPersonOffered } from './person-offer.ts';
import { PersonRequest } from './person-request.ts';
import { keepFocus, renderAddress, renderRequest, showEnd } from './request-view.ts';
import { VisitorTyping } from './visitor-typing.ts';

/** Who has not said that they go on typing is not typing any more. */
const TYPING_MS = 6_000;

/** Creates the desk of a panel and registers it as a reactive controller. */
export function createPanelDesk(panel: DeskHost): PanelDesk {
  const root = panel.getRootNode();
  if (root instanceof ShadowRoot) adoptStyles(root, [formStyles, deskStyles]);
  defineAddress();
  const desk = new Desk(panel);
  panel.addController(desk);
  return desk;
}

class Desk implements PanelDesk, ReactiveController {
  notices: DeskNotices = EMPTY_NOTICES;
  readonly #panel: DeskHost;
  readonly #visitorTyping: VisitorTyping;
  readonly #request: PersonRequest;
  #chat: Chat | undefined;
  #end: () => void = () => undefined;
  /** The locale whose texts are loaded; nothing is shown before. */
  #loadedLocale: string | undefined;
  /** What the notices were made of. */
  #source: readonly unknown[] = [];
  /** The owner that was announced. */
  #announced: ConversationOwner | undefined;
  /** Ends the typing of the person; undefined while they do not type. */
  #typing: Timer | undefined;

  constructor(panel: DeskHost) {
    this.#panel = panel;
    this.#visitorTyping = new VisitorTyping(panel);
    this.#request = new PersonRequest(panel);
  }

  get status(): string | undefined {
    if (this.#loadedLocale === undefined || this.#panel.chat.snapshot.status !== 'online') return undefined;
    if (this.#typing !== undefined) return this.#strings.personTyping;
    return this.#owner?.kind === 'queue' ? this.#strings.personAwaited : undefined;
  }

  get whyNotEdit(): string | undefined {
    return isAnsweredByAi(this.#panel.chat.snapshot.conversation) ? undefined : this.#strings.editWhenAi;
  }

  renderFace(): TemplateResult | undefined {
    const { person } = this.#owner ?? {};
    return person && this.#renderFace(person);
  }

  async askForPerson(): Promise<void> {
    const panel = this.#panel;
    if (this.#loadedLocale === undefined) await this.#load(panel.settings.locale);
    const asked = this.#request.ask();
    void focusPanel(panel);
    void showEnd(panel);
    const state = await asked;
    if (state === 'first') panel.onAnnounce(this.#strings.askPersonFirst);
    if (state === 'failed') panel.onAnnounce(this.#strings.notSent);
    void showEnd(panel);
  }

  hostConnected(): void {
    this.#follow();
    this.#visitorTyping.connect();
  }

  hostDisconnected(): void {
    this.#end();
    this.#chat = undefined;
    this.#stopTyping();
    this.#visitorTyping.disconnect();
  }

  hostUpdate(): void {
    const { locale } = this.#panel.settings;
    this.#follow();
    if (locale === this.#loadedLocale) this.#update();
    else void this.#load(locale);
  }

  async #load(locale: string): Promise<void> {
    await loadDeskStrings(locale);
    if (locale !== this.#panel.settings.locale) return; // the next update loads those of the other locale
    this.#loadedLocale = locale;
    this.#panel.requestUpdate();
  }

  get #owner(): ConversationOwner | undefined {
    return this.#panel.chat.snapshot.conversation.owner;
  }

  get #strings(): DeskStrings {
    return deskStrings(this.#panel.settings.locale, this.#panel.strings);
  }

  /** The typing of the people in the chat that the panel shows now. */
  #follow(): void {
    const { chat } = this.#panel;
    if (chat === this.#chat) return;
    this.#end();
    this.#stopTyping();
    this.#chat = chat;
    // Its code is there when the connection is lost; if it cannot be loaded now, each use tries again.
    chat.desk().catch(() => undefined);
    const ends = [
      chat.on('typing', this.#onTyping),
      chat.on('message', ({ message }) => {
        if (message.role === 'agent') this.#stopTyping();
        else this.#visitorTyping.stop();
      }),
    ];
    this.#end = () => {
      for (const end of ends) end();
    };
  }

  readonly #onTyping = ({ conversationId, participantId, isTyping }: ChatEvents['typing']): void => {
    const { id, owner } = this.#panel.chat.snapshot.conversation;
    if (conversationId !== id || participantId !== owner?.person?.id) return;
    this.#stopTyping();
    if (isTyping)
      this.#typing = this.#panel.clock.after(TYPING_MS, () => {
        this.#stopTyping();
      });
    this.#panel.requestUpdate();
  };

  #stopTyping(): void {
    if (this.#typing === undefined) return;
    this.#typing.cancel();
    this.#typing = undefined;
    this.#panel.requestUpdate();
  }

  #update(): void {
    const { strings, settings, chat } = this.#panel;
    const { conversation, pending } = chat.snapshot;
    const changes = ownerChanges(conversation);
    const first = changes.end && pending.find(({ createdAtMs }) => createdAtMs >= this.#seenAtMs);
    // The same while only words are added: the transcript renders all messages again for other notices.
    const isOffered = isPersonOffered(chat.snapshot);
    const { state, address } = this.#request;
    const isUnderWay = state === 'asking' || address.state === 'sending';
    const source = [
      ...[strings, settings, conversation.id, conversation.owner, first?.messageId],
      ...[state, address.state, isOffered, isUnderWay && chat.snapshot.status],
      ...[...changes.before].flatMap(([id, { kind, name }]) => [id, kind, name]),
    ];
    this.#announce();
    if (source.length === this.#source.length && source.every((one, index) => one === this.#source[index]))
      return;
    this.#source = source;
    void keepFocus(this.#panel);
    this.notices = this.#createNotices(changes, { firstPendingId: first?.messageId, isOffered });
  }

  #createNotices(
    changes: OwnerChanges,
    { firstPendingId, isOffered }: { firstPendingId: MessageId | undefined; isOffered: boolean },
  ): DeskNotices {
    const { owner } = this.#panel.chat.snapshot.conversation;
    const request = {
      ...{ panel: this.#panel, request: this.#request, strings: this.#strings, isOffered },
      ask: () => void this.askForPerson(),
    };
    const wantsAddress = owner?.isAway === true && owner.hasAddress !== true;
    return createNotices({
      ...{ changes, firstPendingId, owner, strings: this.#strings },
      renderFace: (person) => this.#renderFace(person),
      renderBelowQueue: () => (wantsAddress ? renderAddress(request) : nothing),
      renderRequest: () => renderRequest(request),
    });
  }

  /** When this owner was first seen, by this device's clock: what was written since stands below the notice of the change. */
  #seenAtMs = 0;

  #announce(): void {
    const owner = this.#owner;
    const before = this.#announced;
    if (owner === before) return;
    this.#announced = owner;
    this.#seenAtMs = this.#panel.clock.now();
    this.#stopTyping();
    if (owner === undefined || owner.number === before?.number || !this.#panel.isOpen) return;
    // A conversation that the model has long had again is like any other.
    if (owner.kind === 'ai' && before === undefined) return;
    const text = this.#textOf(owner);
    // The same owner, of whom something else is known now.
    if (owner.sinceMs === before?.sinceMs && text === this.#textOf(before)) return;
    this.#panel.onAnnounce(text);
  }

  #textOf(owner: ConversationOwner): string {
    return textOfChange({ kind: owner.kind, name: owner.person?.name ?? '' }, owner, this.#strings);
  }

  #renderFace(person: Pick<Participant, 'name' | 'pictureUrl'>): TemplateResult {
    return renderFace(person, this.#panel.settings.options.messages?.imageOrigins);
  }
}
