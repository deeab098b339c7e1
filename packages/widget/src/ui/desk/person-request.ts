/** What the visitor does about a person from the panel: asks for one, and leaves an address when nobody is there. */
import { ChatError, type ConversationId } from '@rivulet/protocol';
import { isAnsweredByAi } from '../../client/conversation/is-answered-by-ai.ts';
import type { AddressDraft } from './address-form.ts';
import type { DeskHost } from './panel-desk-contract.ts';

/** How far a request is. `first`: nothing was written that a person could read. It is over when the conversation has another owner. */
export type RequestState = 'first' | 'asking' | 'failed';

/** How far an address is; `refused`: the gateway does not take it for one. */
export type AddressState = 'open' | 'sending' | 'failed' | 'refused' | 'sent';

interface Request {
  conversationId: ConversationId;
  /** Of the owner when it was made; 0: there was none. */
  ownerNumber: number;
  state: RequestState;
}

interface Address {
  conversationId: ConversationId;
  draft: AddressDraft;
  state: AddressState;
}

/** Requests of one panel. What belongs to another conversation is forgotten when the next one begins. */
export class PersonRequest {
  readonly #panel: DeskHost;
  #request: Request | undefined;
  #address: Address | undefined;

  constructor(panel: DeskHost) {
    this.#panel = panel;
  }

  /** How far the request for a person is in the conversation on screen; undefined: there is none. */
  get state(): RequestState | undefined {
    const { conversation, pending } = this.#panel.chat.snapshot;
    const { conversationId, ownerNumber, state } = this.#request ?? {};
    if (conversationId !== conversation.id || ownerNumber !== (conversation.owner?.number ?? 0))
      return undefined;
    return state === 'first' && conversation.messages.length + pending.length > 0 ? undefined : state;
  }

  /** What was entered in the form for the conversation on screen, and how far it is. */
  get address(): Address {
    const { id } = this.#panel.chat.snapshot.conversation;
    if (this.#address?.conversationId !== id)
      this.#address = {
        conversationId: id,
        draft: { name: '', email: '', hasConsented: false },
        state: 'open',
      };
    return this.#address;
  }

  /** Asks for a person in the conversation on screen, unless one was asked for. @returns how that ended */
  async ask(): Promise<RequestState | undefined> {
    const { chat } = this.#panel;
    const { conversation, pending } = chat.snapshot;
    if (!isAnsweredByAi(conversation) || this.state === 'asking') return undefined;
    const { id: conversationId, owner } = conversation;
    const request: Request = { conversationId, ownerNumber: owner?.number ?? 0, state: 'asking' };
    if (conversation.messages.length + pending.length === 0) request.state = 'first';
    this.#request = request;
    this.#panel.requestUpdate();
    if (request.state === 'first') return 'first';
    try {
      const desk = await chat.desk();
      if (chat.snapshot.conversation.id === conversationId) await desk.requestPerson();
    } catch {
      // Whatever the reason is, the visitor can only try again, or go on writing.
      request.state = 'failed';
      this.#panel.requestUpdate();
    }
    return request.state;
  }

  /** Sends the address that was entered. */
  async sendAddress(): Promise<void> {
    const { address } = this;
    const { chat } = this.#panel;
    if (address.state === 'sending') return;
    this.#moveTo(address, 'sending');
    try {
      const desk = await chat.desk();
      if (chat.snapshot.conversation.id === address.conversationId) await desk.leaveAddress(address.draft);
      this.#moveTo(address, 'sent');
    } catch (error) {
      this.#moveTo(address, error instanceof ChatError && error.code === 'bad-frame' ? 'refused' : 'failed');
    }
  }

  #moveTo(address: Address, state: AddressState): void {
    address.state = state;
    this.#panel.requestUpdate();
  }
}
