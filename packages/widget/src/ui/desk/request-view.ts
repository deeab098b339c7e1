/** What the panel shows of a request for a person, and where the focus goes when what had it is gone. */
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import { focusPanel } from '../app/focus-panel.ts';
import type { DeskStrings } from '../i18n/desk-strings.ts';
import type { RivuletAddress } from './address-form.ts';
import { QUEUE_NOTICE_ID, renderLine } from './notices.ts';
import type { DeskHost } from './panel-desk-contract.ts';
import type { AddressState, PersonRequest } from './person-request.ts';

/** What it is rendered from. */
export interface RequestSource {
  panel: DeskHost;
  request: PersonRequest;
  strings: DeskStrings;
  /** Whether a request is offered while there is none. */
  isOffered: boolean;
  /** Asks, also again. */
  ask: () => void;
}

/** Which text says why an address was not sent. */
const PROBLEMS: Readonly<Partial<Record<AddressState, keyof DeskStrings>>> = {
  failed: 'notSent',
  refused: 'addressEmailMissing',
};

/** Renders the line that says how far the request is, or the offer to make one. */
export function renderRequest({ panel, request, strings, isOffered, ask }: RequestSource): unknown {
  const { retry } = panel.strings;
  switch (request.state) {
    case 'first':
      return renderLine(strings.askPersonFirst);
    case 'asking':
      return renderLine(whileOnline(panel, strings.personAsking));
    case 'failed':
      return renderLine(
        html`${strings.notSent} <button type="button" class="link-button" @click=${ask}>${retry}</button>`,
      );
    case undefined:
      return isOffered
        ? html`<div class="person-offer">
            <button type="button" class="prompt" part="person-offer" @click=${ask}>
              ${strings.askPerson}
            </button>
          </div>`
        : nothing;
  }
}

/** Renders the form for an address, or that one was sent. Below the notice that nobody is there, which names the form. */
export function renderAddress({ panel, request, strings }: RequestSource): TemplateResult {
  const { address } = request;
  const problem = PROBLEMS[address.state];
  if (address.state === 'sent') return renderLine(strings.addressSent);
  return html`<rivulet-address
    .strings=${strings}
    .draft=${address.draft}
    .labelId=${QUEUE_NOTICE_ID}
    .progress=${address.state === 'sending' ? whileOnline(panel, panel.strings.sending) : undefined}
    .problem=${problem && strings[problem]}
    .onSend=${() => void request.sendAddress()}
  ></rivulet-address>`;
}

/** A command waits for a connection. */
const whileOnline = ({ chat, strings }: DeskHost, text: string): string =>
  chat.snapshot.status === 'online' ? text : strings.waiting;

/**
 * Call it before an update of the panel. A form that has the focus may get another place, and is another element then, or may not be needed
 * any more.
 */
export async function keepFocus(panel: DeskHost): Promise<void> {
  const before = panel.querySelector('rivulet-address:focus-within');
  if (before === null) return;
  const name = before.querySelector(':focus')?.getAttribute('name');
  await rendered(panel);
  if (before.isConnected) return;
  const form: RivuletAddress | null = panel.querySelector('rivulet-address');
  await form?.updateComplete;
  const field = form?.querySelector<HTMLElement>(name == null ? 'button' : `[name=${name}]`);
  if (field == null) await focusPanel(panel);
  else field.focus({ preventScroll: true });
}

/** Scrolls the transcript to what is shown below all messages. Only the list scrolls: the page is not ours to move. */
export async function showEnd(panel: DeskHost): Promise<void> {
  await new Promise(requestAnimationFrame); // a change of the chat is rendered with the next frame
  await rendered(panel);
  await panel.querySelector('rivulet-address')?.updateComplete;
  const [scroller, content] = [panel.querySelector('.scroller'), panel.querySelector('.content')];
  if (scroller === null || content === null) return;
  const belowPx = content.getBoundingClientRect().bottom - scroller.getBoundingClientRect().bottom;
  if (belowPx > 0) scroller.scrollTop += belowPx;
}

async function rendered(panel: DeskHost): Promise<void> {
  await panel.updateComplete;
  await panel.querySelector('rivulet-transcript')?.updateComplete;
}
