/** `<rivulet-app>`: the panel with header, transcript and composer. Turns intents into calls of the chat. */
import {
  unreachable,
  type Clock,
  type ConversationId,
  type MessageId,
  type UserPart,
} from '@rivulet/protocol';
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import { ReactiveElement, type PropertyValues } from '../lit/reactive-element.ts';
import type { Chat, ChatSnapshot, SendOptions } from '../../client/chat.ts';
import type { AppSettings } from '../../shell/app-contract.ts';
import type { SendSource } from '../../shell/options.ts';
import { AI_NOTICE_ID } from '../transcript/ai-notice.ts';
import { parentToFollow, type BranchChoice } from '../transcript/shown-branch.ts';
import { ChatController } from './chat-controller.ts';
import { INTENT, type Intent } from './intents.ts';
import { covers, type SideView } from '../menu/side-view.ts';
import { dayOf } from '../i18n/day-of.ts';
import { lastSentOf } from '../composer/last-sent.ts';
import { renderHeader, renderBanner } from './panel-header.ts';
import { directionOf } from '../i18n/language-of.ts';
import { needsDesk } from '../desk/needs-desk.ts';
import type { PanelDesk } from '../desk/panel-desk-contract.ts';
import type { Strings } from '../i18n/core/en.ts';

/** Root element of the application. Renders into the shadow root of `<rivulet-chat>`, not into one of its own. */
export class RivuletApp extends ReactiveElement {
  static override readonly properties = [
    'chat',
    'clock',
    'settings',
    'strings',
    'isOpen',
    'side',
    'isLarge',
    'desk',
  ];
  declare chat: Chat;
  declare clock: Clock;
  declare settings: AppSettings;
  declare strings: Strings;
  declare isOpen: boolean;
  /** The menu or side view that is open over or in place of the conversation. */
  declare side: SideView;
  /** Whether the visitor has enlarged the floating panel. */
  declare isLarge: boolean;
  /** Shows the people behind the chat. Undefined until a conversation has needed it. */
  declare desk: PanelDesk | undefined;

  /** Called when the visitor wants the panel closed. */
  onClose: () => void = () => undefined;
  /** Called when the visitor first uses an inline panel. */
  onUse: () => void = () => undefined;

  /** Maps the snapshot to the one that is rendered. Hooks of the page may change it. */
  present: (snapshot: ChatSnapshot) => ChatSnapshot = (snapshot) => snapshot;
  /**
   * Sends a message of the visitor.
   * @returns false if a hook of the page stopped it
   */
  onSend: (content: string | readonly UserPart[], source: SendSource) => Promise<boolean> = () =>
    Promise.resolve(false);
  /** Called with text to announce to screen readers. */
  onAnnounce: (text: string) => void = () => undefined;

  /** The version of a message that is shown, by conversation. Bounded by the conversations opened on this page. */
  readonly #choices = new Map<ConversationId, BranchChoice>();
  /** Number of the latest request to open a side view; results of earlier ones are dropped. */
  #openNumber = 0;
  readonly #controller = new ChatController(this, (text) => {
    this.#showDraft(text);
  });

  constructor() {
    super();
    this.side = 'none';
    this.isLarge = false;
    this.addEventListener(INTENT, this.#onIntent);
    this.addEventListener('keydown', this.#onKeydown);
    this.addEventListener('focusin', () => {
      this.onUse();
    });
  }

  /** Focuses the composer. */
  override focus(): void {
    this.querySelector('rivulet-composer')?.focus();
  }

  override willUpdate(): void {
    this.#controller.follow(this.chat);
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('chat')) this.#showDraft(this.chat.draft);
    // A failed load is tried again with the next change.
    if (this.desk === undefined && needsDesk(this.chat.snapshot)) this.loadDesk().catch(() => undefined);
  }

  /** Loads what shows the people behind the chat. Rejects when the file cannot be loaded. */
  async loadDesk(): Promise<PanelDesk> {
    const { createPanelDesk } = await import('../desk/panel-desk.ts');
    return (this.desk ??= createPanelDesk(this));
  }

  /** A message of the visitor waits for the answer that is being written; otherwise it follows the branch that is shown. */
  sendOptions(source: SendSource): SendOptions {
    if (source !== 'api' && this.chat.snapshot.isAnswering) return { when: 'queued' };
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
    const isClosed = snapshot.closedBecause !== null;
    return html`<section
      class="panel"
      part="panel"
      role=${isFloating ? 'dialog' : 'region'}
      aria-labelledby="rivulet-title"
      aria-describedby=${AI_NOTICE_ID}
      lang=${settings.locale}
      dir=${directionOf(settings.locale) === 'rtl' ? 'rtl' : nothing}
      data-mode=${settings.mode}
      ?data-open=${this.isOpen}
      ?data-large=${this.isLarge}
    >
      ${renderHeader(snapshot, this)} ${renderBanner(snapshot, this)}
      ${this.side === 'none' ? nothing : this.#renderSide()}
      <rivulet-transcript
        ?hidden=${covers(this.side)}
        .snapshot=${snapshot}
        .strings=${strings}
        .prompts=${strings.prompts}
        .choice=${this.#choice}
        .desk=${this.desk?.notices}
        .settings=${settings}
        .today=${dayOf(this.clock.now())}
        .whyNotEdit=${this.#whyNotEdit}
      ></rivulet-transcript>
      <rivulet-composer
        ?hidden=${covers(this.side)}
        .strings=${strings}
        .settings=${settings}
        .isAnswering=${snapshot.isAnswering}
        .isClosed=${isClosed}
        .files=${isClosed ? null : snapshot.files}
        .queued=${snapshot.queued}
        .lastSent=${lastSentOf(snapshot)}
        .onDraft=${this.#onDraft}
      ></rivulet-composer>
    </section>`;
  }

  #renderSide(): TemplateResult {
    return html`<rivulet-side
      .chat=${this.chat}
      .clock=${this.clock}
      .settings=${this.settings}
      .strings=${this.strings}
      .view=${this.side}
    ></rivulet-side>`;
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
    return isAnswering ? this.strings.editWhenDone : this.desk?.whyNotEdit;
  };

  readonly #startConversation = (): void => {
    const { conversation, pending } = this.chat.snapshot;
    if (conversation.messages.length > 0 || pending.length > 0) this.chat.newConversation();
    this.focus();
  };

  readonly #onIntent = (event: Event): void => {
    // Only `raise` dispatches events of this type.
    this.#perform((event as CustomEvent<Intent>).detail).catch(() => {
      // Errors are shown on the message and dispatched as `rivulet-error`.
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
      case 'regenerate':
      case 'discard':
        await this.chat[intent.type](intent.messageId);
        return;
      case 'edit':
        await this.chat.edit(intent.messageId, intent.text).then(() => {
          intent.settled();
        }, intent.settled);
        return;
      case 'show':
        this.#choose(intent.messageId);
        return;
      case 'side':
        await this.showSide(intent.view, intent.focus);
        return;
      case 'announce':
        this.onAnnounce(intent.text);
        return;
      case 'new-conversation':
        this.#startConversation();
        return;
      case 'enlarge':
        this.isLarge = !this.isLarge;
        return;
      case 'close':
        this.onClose();
        return;
      default:
        unreachable(intent);
    }
  }

  #choose(messageId: MessageId): void {
    const { id, messages } = this.chat.snapshot.conversation;
    this.#choices.set(id, { messageId, newestId: messages.at(-1)?.id });
    this.requestUpdate();
  }

  /** Opens a side view, or returns to the conversation with `none`. The code of the side views is loaded on demand. */
  async showSide(view: SideView, focus: 'back' | 'stays'): Promise<void> {
    const openNumber = (this.#openNumber += 1);
    if (view !== 'none') (await import('../menu/side-panel.ts')).defineSidePanel();
    // Another view was requested meanwhile: drop the late result.
    if (openNumber !== this.#openNumber) return;
    const before = this.side;
    this.side = view;
    await this.updateComplete;
    if (focus === 'stays') return;
    if (before === 'menu') this.querySelector<HTMLElement>('[data-opens=side]')?.focus();
    else this.focus();
  }

  /** A text that a hook stopped returns to the composer, unless the visitor has typed since. */
  async #send({ content, source, settled }: Extract<Intent, { type: 'send' }>): Promise<void> {
    const isSent = await this.onSend(content, source);
    settled?.(isSent);
    const composer = this.querySelector('rivulet-composer');
    if (!isSent && typeof content === 'string' && composer?.text === '') composer.text = content;
  }

  readonly #onKeydown = (event: KeyboardEvent): void => {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.key === 'Escape') this.#escape(event);
    if (event.key === 'F6') this.#toggleFocus(event);
  };

  #escape(event: KeyboardEvent): void {
    const { isAnswering } = this.chat.snapshot;
    if (!isAnswering && this.settings.mode !== 'floating') return;
    event.preventDefault();
    // A dialog of the page around the widget must not close as well.
    event.stopPropagation();
    if (isAnswering) void this.#perform({ type: 'stop' });
    else this.onClose();
  }

  /** F6 moves the focus between composer and transcript. */
  #toggleFocus(event: KeyboardEvent): void {
    const transcript = this.querySelector('rivulet-transcript');
    if (transcript === null) return;
    event.preventDefault();
    const isInTranscript = event.target instanceof Node && transcript.contains(event.target);
    if (isInTranscript) this.focus();
    else transcript.focus();
  }
}
