/** `<rivulet-app>`: the panel with its header, the transcript and the composer; turns intents into calls of the chat. */
import { unreachable, type ConversationId, type UserPart } from '@rivulet/protocol';
import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from './lit.ts';
import type { Chat, ChatSnapshot, SendOptions } from '../client/chat.ts';
import type { Clock } from '../client/clock.ts';
import type { AppSettings } from '../shell/app-contract.ts';
import type { SendSource } from '../shell/options.ts';
import { parentToFollow, type BranchChoice } from './branch-of.ts';
import { ChatController } from './chat-controller.ts';
import { closeIcon, newIcon, waveIcon } from './icons.ts';
import { INTENT, type Intent } from './intents.ts';
import { dayOf } from './day-of.ts';
import { lastSentOf } from './last-sent.ts';
import { errorText } from './message-end.ts';
import { lineOf, statusOf } from './status-words.ts';
import { directionOf } from './strings/language-of.ts';
import type { Strings } from './strings/en.ts';

export class RivuletApp extends LitElement {
  static override readonly properties = {
    chat: { attribute: false },
    clock: { attribute: false },
    settings: { attribute: false },
    strings: { attribute: false },
    isOpen: { attribute: false },
  };
  declare chat: Chat;
  declare clock: Clock;
  declare settings: AppSettings;
  declare strings: Strings;
  declare isOpen: boolean;

  /** The visitor wants the panel closed. */
  onClose: () => void = () => undefined;
  /** The visitor has begun to use a panel that is always there. */
  onUse: () => void = () => undefined;

  /** What is shown of the chat: the page may want it otherwise. */
  present: (snapshot: ChatSnapshot) => ChatSnapshot = (snapshot) => snapshot;
  /** Sends what the visitor wants sent. @returns whether it was, or the page has stopped it */
  onSend: (content: string | readonly UserPart[], source: SendSource) => Promise<boolean> = () =>
    Promise.resolve(false);
  /** Something is to be told to those who listen. */
  onSay: (text: string) => void = () => undefined;

  /** Which versions are looked at; one for each conversation that was on screen. */
  readonly #choices = new Map<ConversationId, BranchChoice>();
  readonly #controller = new ChatController(this, (text) => {
    this.#showDraft(text);
  });

  override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener(INTENT, this.#onIntent);
    this.addEventListener('keydown', this.#onKeydown);
    this.addEventListener('focusin', this.#onFocusIn);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener(INTENT, this.#onIntent);
    this.removeEventListener('keydown', this.#onKeydown);
    this.removeEventListener('focusin', this.#onFocusIn);
  }

  /** Puts the keyboard into the composer. */
  override focus(): void {
    this.querySelector('rivulet-composer')?.focus();
  }

  override willUpdate(): void {
    this.#controller.follow(this.chat);
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('chat')) this.#showDraft(this.chat.draft);
  }

  /** So that what is sent goes on with what is shown. */
  get sendOptions(): SendOptions {
    const parentId = parentToFollow(this.chat.snapshot, this.#choice);
    return parentId === undefined ? {} : { parentId };
  }

  get #choice(): BranchChoice | undefined {
    return this.#choices.get(this.chat.snapshot.conversation.id);
  }

  override render(): TemplateResult {
    const snapshot = this.present(this.chat.snapshot);
    const { settings, strings } = this;
    const isFloating = settings.mode === 'floating';
    return html`<section
      class="panel"
      part="panel"
      role=${isFloating ? 'dialog' : 'region'}
      aria-labelledby="rivulet-title"
      lang=${settings.locale}
      dir=${directionOf(settings.locale) === 'rtl' ? 'rtl' : nothing}
      data-mode=${settings.mode}
      ?data-open=${this.isOpen}
    >
      ${this.#renderHeader(snapshot)} ${this.#renderLine(snapshot)}
      <rivulet-transcript
        .snapshot=${snapshot}
        .strings=${strings}
        .prompts=${strings.prompts}
        .choice=${this.#choice}
        .settings=${settings}
        .today=${dayOf(this.clock.now())}
        .whyNotEdit=${this.#whyNotEdit}
      ></rivulet-transcript>
      <rivulet-composer
        .strings=${strings}
        .isAnswering=${snapshot.isAnswering}
        .lastSent=${lastSentOf(snapshot)}
        .onDraft=${this.#onDraft}
      ></rivulet-composer>
    </section>`;
  }

  #renderHeader(snapshot: ChatSnapshot) {
    const { strings, settings } = this;
    const status = statusOf(snapshot, strings);
    const isEmpty = snapshot.conversation.messages.length === 0 && snapshot.pending.length === 0;
    return html`<header class="header" part="header">
      <div class="mark">${waveIcon}</div>
      <div class="titles">
        <h1 class="title" id="rivulet-title" part="title">${strings.title}</h1>
        <div class="status" part="status" data-tone=${status.tone}>${status.text}</div>
      </div>
      <button
        type="button"
        class="icon-button"
        part="header-button"
        aria-label=${strings.newConversation}
        title=${strings.newConversation}
        aria-disabled=${isEmpty}
        @click=${this.#startAnew}
      >
        ${newIcon}
      </button>
      ${
        settings.mode === 'floating'
          ? html`<button
              type="button"
              class="icon-button"
              part="header-button"
              aria-label=${strings.close}
              title=${strings.close}
              @click=${this.#close}
            >
              ${closeIcon}
            </button>`
          : nothing
      }
    </header>`;
  }

  #renderLine(snapshot: ChatSnapshot) {
    const { closedBecause } = snapshot;
    const text =
      closedBecause === null ? lineOf(snapshot, this.strings) : errorText(closedBecause, this.strings);
    return text === null
      ? nothing
      : html`<div class="line" part="line" data-tone=${closedBecause === null ? 'quiet' : 'problem'}>
          ${text}
        </div>`;
  }

  readonly #onDraft = (text: string): void => {
    this.chat.draft = text;
  };

  #showDraft(text: string): void {
    const composer = this.querySelector('rivulet-composer');
    if (composer !== null) composer.text = text;
  }

  readonly #whyNotEdit = (): string | undefined => {
    const { status, isAnswering } = this.chat.snapshot;
    if (status !== 'online') return this.strings.editWhenOnline;
    return isAnswering ? this.strings.editWhenDone : undefined;
  };

  readonly #close = (): void => {
    this.onClose();
  };

  readonly #startAnew = (): void => {
    const { conversation, pending } = this.chat.snapshot;
    if (conversation.messages.length > 0 || pending.length > 0) this.chat.newConversation();
    this.focus();
  };

  readonly #onFocusIn = (): void => {
    this.onUse();
  };

  readonly #onIntent = (event: Event): void => {
    // Only `raise` dispatches events of this name.
    this.#perform((event as CustomEvent<Intent>).detail).catch(() => {
      // Shown where it belongs: on the message, and to the page as `rivulet-error`.
    });
  };

  async #perform(intent: Intent): Promise<void> {
    switch (intent.type) {
      case 'send':
        this.onUse();
        await this.#send(intent);
        return;
      case 'ask':
        await intent.ask(this.chat);
        return;
      case 'stop':
        await this.chat.stop();
        return;
      case 'retry':
        await this.chat.retry(intent.messageId);
        return;
      case 'regenerate':
        await this.chat.regenerate(intent.messageId);
        return;
      case 'edit':
        await this.chat.edit(intent.messageId, intent.text).then(() => {
          intent.settled();
        }, intent.settled);
        return;
      case 'show': {
        const { id, messages } = this.chat.snapshot.conversation;
        this.#choices.set(id, { messageId: intent.messageId, newestId: messages.at(-1)?.id });
        this.requestUpdate();
        return;
      }
      case 'say':
        this.onSay(intent.text);
        return;
      case 'discard':
        this.chat.discard(intent.messageId);
        return;
      case 'new-conversation':
        this.#startAnew();
        return;
      case 'close':
        this.onClose();
        return;
      default:
        unreachable(intent);
    }
  }

  /** What the page did not let through is the visitor's to change. */
  async #send({ content, source, settled }: Extract<Intent, { type: 'send' }>): Promise<void> {
    const isSent = await this.onSend(content, source);
    settled?.(isSent);
    const composer = this.querySelector('rivulet-composer');
    if (!isSent && typeof content === 'string' && composer?.text === '') composer.text = content;
  }

  readonly #onKeydown = (event: KeyboardEvent): void => {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.key === 'Escape') this.#escape(event);
    if (event.key === 'F6') this.#moveOn(event);
  };

  #escape(event: KeyboardEvent): void {
    const { isAnswering } = this.chat.snapshot;
    if (!isAnswering && this.settings.mode !== 'floating') return;
    event.preventDefault();
    // A dialog of the page around must not close as well.
    event.stopPropagation();
    if (isAnswering) void this.#perform({ type: 'stop' });
    else this.onClose();
  }

  /** F6 goes back and forth between the composer and the transcript. */
  #moveOn(event: KeyboardEvent): void {
    const transcript = this.querySelector('rivulet-transcript');
    if (transcript === null) return;
    event.preventDefault();
    const isInTranscript = event.target instanceof Node && transcript.contains(event.target);
    if (isInTranscript) this.focus();
    else transcript.focus();
  }
}
