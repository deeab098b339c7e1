/** Who speaks: a person that the site named, or an anonymous visitor whom the gateway gave a token. */
import type { ConversationId, EventOf } from '@rivulet/protocol';
import type { SiteStorage } from '../environment/storage.ts';

export class Identity {
  readonly #storage: SiteStorage;
  #siteToken: string | undefined;
  #identityKey = '';

  constructor(storage: SiteStorage) {
    this.#storage = storage;
  }

  /** What the site gave; undefined: an anonymous visitor. */
  get siteToken(): string | undefined {
    return this.#siteToken;
  }

  /** A name for whoever speaks that tells no secret; '' for an anonymous visitor. @see personOf */
  get key(): string {
    return this.#identityKey;
  }

  get isIdentified(): boolean {
    return this.#siteToken !== undefined;
  }

  /** For the next hello; undefined: the gateway mints one. */
  get token(): string | undefined {
    return this.#siteToken ?? this.#storage.get('token');
  }

  /** Of the visitor whom the site has named since; undefined: there was none, or the gateway has merged them. */
  get previousToken(): string | undefined {
    return this.isIdentified ? this.#storage.get('token') : undefined;
  }

  /** The conversation to open on this page: a person's is another than the one of the anonymous visitor before. */
  get conversationId(): ConversationId | undefined {
    const id = this.#storage.get(this.#conversationKey);
    // Checked with the shape of the schema; a wrong one would make every hello unreadable.
    return id !== undefined && /^c_[\w-]{8,64}$/.test(id) ? (id as ConversationId) : undefined;
  }

  /** The conversation to open when `id` is not there any more. */
  conversationBeside(id: ConversationId): ConversationId | undefined {
    const stored = this.conversationId;
    return stored === id ? undefined : stored;
  }

  keepConversation(id: ConversationId): void {
    this.#storage.set(this.#conversationKey, id);
  }

  forgetConversation(): void {
    this.#storage.remove(this.#conversationKey);
  }

  /** Speaks as the person of the site's token, which stays in memory: the site brings it again with each page. */
  identify(token: string, identityKey: string): void {
    this.#siteToken = token;
    this.#identityKey = identityKey;
  }

  /** Keeps a token that was minted; forgets the visitor whose words the gateway has given to the person. */
  welcomed({ token, capabilities }: Pick<EventOf<'welcome'>, 'token' | 'capabilities'>): void {
    if (!this.isIdentified && token !== undefined) this.#storage.set('token', token);
    // An older gateway has passed over the visitor's token: it may be needed again.
    if (!this.isIdentified || !capabilities.includes('previous-token')) return;
    this.#storage.remove('token');
    this.#storage.remove('conversation');
  }

  /** @returns whether there was an anonymous token to drop. */
  dropAnonymousToken(): boolean {
    if (this.isIdentified || this.#storage.get('token') === undefined) return false;
    this.#storage.remove('token');
    return true;
  }

  logout(): void {
    this.#siteToken = undefined;
    this.#identityKey = '';
  }

  get #conversationKey() {
    return this.isIdentified ? 'user-conversation' : 'conversation';
  }
}
