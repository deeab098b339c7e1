/** `<rivulet-wait>`: counts down to the time at which a message that was refused for a while is sent again. */
import type { MessageId } from '@rivulet/protocol';
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import { ReactiveElement, type PropertyValues } from '../lit/reactive-element.ts';
import { raise } from '../app/intents.ts';
import { fill } from '../i18n/rich-strings.ts';
import { clockIcon } from '../styles/icons.ts';
import type { RichContext } from './rich-context.ts';

const SECOND_MS = 1_000;
/** Up to here seconds are counted: nobody waits for the second of a longer time. */
const MAX_SECONDS = 90;
/** Messages whose wait was announced: it is announced once, not each second and not with each attempt. */
const announced = new Set<MessageId>();
const MAX_ANNOUNCED = 50;

/** The wait of one message. */
export class RivuletWait extends ReactiveElement {
  static override readonly properties = ['messageId', 'retryAtMs', 'text', 'locale'];
  declare messageId: MessageId;
  /** By this device's clock, in milliseconds since 1970. */
  declare retryAtMs: number;
  /** With `{time}`. */
  declare text: string;
  declare locale: string;

  #ticking: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#ticking = setInterval(() => {
      this.requestUpdate();
    }, SECOND_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#ticking);
  }

  override render(): TemplateResult {
    // A timer is a live region that is off: it can be read, and does not speak by itself.
    return html`<div class="pending" role="timer">${clockIcon}<span>${this.#words}</span></div>`;
  }

  override updated(_changed: PropertyValues<this>): void {
    if (announced.has(this.messageId)) return;
    if (announced.size >= MAX_ANNOUNCED) announced.clear();
    announced.add(this.messageId);
    raise(this, { type: 'announce', text: this.#words });
  }

  get #words(): string {
    const seconds = Math.max(1, Math.ceil((this.retryAtMs - Date.now()) / SECOND_MS));
    return fill(this.text, { time: durationOf(seconds, this.locale) });
  }
}

function durationOf(seconds: number, locale: string): string {
  const [value, unit] = seconds > MAX_SECONDS ? [Math.ceil(seconds / 60), 'minute'] : [seconds, 'second'];
  const options = { style: 'unit', unit, unitDisplay: 'long' } as const;
  try {
    return new Intl.NumberFormat(locale, options).format(value);
  } catch {
    return new Intl.NumberFormat(undefined, options).format(value); // `en_US` is no tag
  }
}

/** Defines `<rivulet-wait>`. May be called twice. */
export function defineWait(): void {
  if (customElements.get('rivulet-wait') === undefined) customElements.define('rivulet-wait', RivuletWait);
}

/** Renders the wait of a message that is sent again by itself. */
export function renderWait({ from, settings, strings }: RichContext): TemplateResult | typeof nothing {
  const { pending } = from.item;
  if (pending?.retryAtMs === undefined) return nothing;
  return html`<rivulet-wait
    .messageId=${pending.messageId}
    .retryAtMs=${pending.retryAtMs}
    .text=${strings.sentAgain}
    .locale=${settings.locale}
  ></rivulet-wait>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'rivulet-wait': RivuletWait;
  }
}
