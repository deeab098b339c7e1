/** The identity of the visitor: a user that the site identified, or an anonymous visitor with a token of the gateway. */
import type { ConversationId, EventOf } from '@rivulet/protocol';
import type { SiteStorage } from '../environment/storage.ts';

/**
 * Holds the token for the next hello and the conversation that belongs to it. A user and the anonymous visitor before them have
 * separate stored conversations.
 */
export class Identity {
  readonly #storage: SiteStorage;
  #siteToken: string | undefined;
  #identityKey = '';

  constructor(storage: SiteStorage) {
    this.#storage = storage;
  }

  /** The token of the site's user; undefined for an anonymous visitor. */
  get siteToken(): string | undefined {
    return this.#siteToken;
  }

  /** A key of the user that does not reveal the token; '' for an anonymous visitor. @see identityKeyOf */
  get key(): string {
    return this.#identityKey;
  }

  /** Whether the site identified the visitor as one of its users. */
  get isIdentified(): boolean {
    return this.#siteToken !== undefined;
  }

  /**
   * The token for the next hello; undefined: the gateway issues an anonymous one. A tab that uses the connection of another one was
   * given no token, so the storage is read until that tab has stored it.
   */
  get token(): string | undefined {
    return this.#siteToken ?? this.#storage.get('token') ?? this.#storage.reload().get('token');
  }

  /** The token of the anonymous visitor before `identify`; undefined: there was none, or the gateway has merged the two. */
  get previousToken(): string | undefined {
    return this.isIdentified ? this.#storage.get('token') : undefined;
  }

  /** The stored conversation of this identity, which a new page opens. */
  get conversationId(): ConversationId | undefined {
    const id = this.#storage.get(this.#conversationKey);
    // The pattern of ConversationIdSchema: the gateway would reject every hello with a damaged id.
    return id !== undefined && /^c_[\w-]{8,64}$/.test(id) ? (id as ConversationId) : undefined;
  }

  /** The conversation to open when `id` no longer exists: the stored one, unless that is `id` itself. */
  conversationExcept(id: ConversationId): ConversationId | undefined {
    const stored = this.conversationId;
    return stored === id ? undefined : stored;
  }

  /** Stores the conversation that the next page opens. */
  keepConversation(id: ConversationId): void {
    this.#storage.set(this.#conversationKey, id);
  }

  /** Removes the stored conversation of this identity. */
  forgetConversation(): void {
    this.#storage.remove(this.#conversationKey);
  }

  /** Switches to a user of the site. The token stays in memory: the site provides it again on each page. */
  identify(token: string, identityKey: string): void {
    this.#siteToken = token;
    this.#identityKey = identityKey;
  }

  /**
   * Handles a welcome: stores the anonymous token, and removes the anonymous visitor that the gateway merged into the user. Stores
   * also a token that was not issued now: another tab, which merged the visitor, has removed it.
   */
  welcomed({ token = this.token, capabilities }: Pick<EventOf<'welcome'>, 'token' | 'capabilities'>): void {
    if (!this.isIdentified && token !== undefined) this.#storage.set('token', token);
    // Without a previous token, what is stored belongs to another tab. An older gateway ignored it: its visitor was not merged.
    if (this.previousToken === undefined || !capabilities.includes('previous-token')) return;
    this.#storage.remove('token');
    this.#storage.remove('conversation');
  }

  /** Removes an anonymous token that the gateway rejected. @returns whether there was one */
  dropAnonymousToken(): boolean {
    if (this.isIdentified || this.#storage.get('token') === undefined) return false;
    this.#storage.remove('token');
    return true;
  }

  /** Returns to an anonymous visitor. Stored values stay; the caller removes them. */
  logout(): void {
    this.#siteToken = undefined;
    this.#identityKey = '';
  }

  get #conversationKey() {
    return this.isIdentified ? 'user-conversation' : 'conversation';
  }
}
