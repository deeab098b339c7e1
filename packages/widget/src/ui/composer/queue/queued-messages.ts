/** The messages that wait until the answer is finished, above the text field: each can be edited or removed, the first sent at once. */
import { textOf, type FilePart, type UserPart } from '@rivulet/protocol';
import { html, keyed, nothing, type TemplateResult } from '../../lit/lit.ts';
import { type ReactiveController } from '../../lit/reactive-element.ts';
import type { PendingMessage } from '../../../client/chat.ts';
import { raise } from '../../app/intents.ts';
import { loadRichStrings, richStrings } from '../../i18n/rich-strings.ts';
import type { RichStrings } from '../../i18n/rich/rich-en.ts';
import { editIcon } from '../../message/action-icons.ts';
import { clockIcon, closeIcon, sendIcon } from '../../styles/icons.ts';
import { adoptStyles } from '../../styles/styles.ts';
import type { ComposerQueue, QueueHost } from '../composer-queue-contract.ts';
import { queueStyles } from './queue-styles.ts';

/** Creates the list of a composer and registers it as a reactive controller. */
export function createComposerQueue(composer: QueueHost): ComposerQueue {
  const root = composer.getRootNode();
  if (root instanceof ShadowRoot) adoptStyles(root, [queueStyles]);
  const queue = new QueuedMessages(composer);
  composer.addController(queue);
  return queue;
}

interface Action {
  label: string;
  icon: TemplateResult;
  press: () => void;
}

/** A screen reader says the whole name of each button. */
const MAX_NAME_CHARS = 60;

/** Beyond this number the text stays in the field. */
const MAX_QUEUED = 10;

class QueuedMessages implements ComposerQueue, ReactiveController {
  readonly #composer: QueueHost;
  /** Number of messages at the last update. */
  #count = 0;
  #hadFocus = false;

  constructor(composer: QueueHost) {
    this.#composer = composer;
  }

  get isFull(): boolean {
    return this.#composer.queued.length >= MAX_QUEUED;
  }

  hostUpdate(): void {
    this.#hadFocus = this.#composer.querySelector('.queue :focus') !== null;
  }

  hostUpdated(): void {
    const { queued } = this.#composer;
    // A message that was sent takes its buttons with it.
    if (this.#hadFocus && this.#composer.querySelector(':focus') === null) this.#composer.focus();
    if (queued.length > this.#count) void this.#announce();
    this.#count = queued.length;
  }

  async #announce(): Promise<void> {
    await loadRichStrings(this.#composer.settings.locale);
    raise(this.#composer, { type: 'announce', text: this.#strings.queueHint });
  }

  get #strings(): RichStrings {
    const { settings, strings } = this.#composer;
    return richStrings({ locale: settings.locale, strings }, () => {
      this.#composer.requestUpdate();
    });
  }

  renderAbove(): unknown {
    const { queued } = this.#composer;
    if (queued.length === 0) return nothing;
    return html`<p class="queue-hint" id="rivulet-queue">${this.#strings.queueHint}</p>
      <ul class="queue" part="queue" aria-labelledby="rivulet-queue">
        ${queued.map((message, index) => keyed(message.messageId, this.#renderMessage(message, index === 0)))}
      </ul>`;
  }

  /** Beside the button that stops, which stays where it is: a second click must not stop the answer. */
  renderButton(canSend: boolean): unknown {
    const { isAnswering, strings } = this.#composer;
    if (!isAnswering || !canSend) return nothing;
    const press = (): void => {
      this.#composer.send();
      this.#composer.focus();
    };
    return html`<button
      type="button"
      class="send"
      part="send-button"
      aria-label=${strings.send}
      aria-disabled=${this.isFull}
      data-does="queue"
      @click=${press}
    >
      ${sendIcon}
    </button>`;
  }

  #renderMessage(message: PendingMessage, isNext: boolean): TemplateResult {
    const name = nameOf(message);
    return html`<li>
      ${clockIcon}<span class="queue-text" dir="auto">${name}</span>
      ${this.#actionsOf(message, isNext).map(
        ({ label, icon, press }) =>
          html`<button
            type="button"
            class="icon-button"
            aria-label=${`${label}: ${name.slice(0, MAX_NAME_CHARS)}`}
            title=${label}
            @click=${press}
          >
            ${icon}
          </button>`,
      )}
    </li>`;
  }

  #actionsOf(message: PendingMessage, isNext: boolean): Action[] {
    const { strings } = this.#composer;
    const stop = (): void => {
      // The next message is sent when the answer has ended.
      raise(this.#composer, { type: 'stop' });
    };
    return [
      ...(isNext ? [{ label: this.#strings.sendNow, icon: sendIcon, press: stop }] : []),
      ...(this.#canEdit(message)
        ? [
            {
              label: strings.edit,
              icon: editIcon,
              press: () => {
                this.#withdraw(message, this.#takeBack);
              },
            },
          ]
        : []),
      {
        label: strings.discard,
        icon: closeIcon,
        press: () => {
          this.#withdraw(message);
        },
      },
    ];
  }

  /** The values of a form cannot return to the text field. */
  #canEdit({ parts }: PendingMessage): boolean {
    const { addon } = this.#composer;
    return parts.every(({ type }) => type === 'text' || (type === 'file' && addon !== undefined));
  }

  /** @param withdrawn not called when the message has been sent meanwhile: it is in the conversation then */
  #withdraw({ messageId }: PendingMessage, withdrawn?: (parts: readonly UserPart[]) => void): void {
    raise(this.#composer, {
      type: 'ask',
      ask: (chat) => {
        const parts = chat.withdraw(messageId);
        if (parts !== undefined) withdrawn?.(parts);
        return Promise.resolve();
      },
    });
    this.#composer.focus();
  }

  /** Returns a message to the field, before what the visitor has typed since. */
  readonly #takeBack = (parts: readonly UserPart[]): void => {
    const composer = this.#composer;
    composer.addon?.takeBack(filesOf(parts));
    composer.text = [textIn(parts), composer.text].filter((text) => text !== '').join('\n');
    composer.onDraft(composer.text);
  };
}

const filesOf = (parts: readonly UserPart[]): FilePart[] =>
  parts.flatMap((part) => (part.type === 'file' ? [part] : []));

const textIn = (parts: readonly UserPart[]): string => textOf({ parts: [...parts] });

/** The text of a message; without one, the names of its files. */
const nameOf = ({ parts }: PendingMessage): string =>
  textIn(parts) ||
  filesOf(parts)
    .map(({ name }) => name)
    .join(', ');
