/**
 * What the tabs of one browser share besides their connection: the draft, the state of the panel, logins and logouts, and the
 * conversation that was started. Tabs exchange it at once; it is stored only once the visitor has acted (see SiteStorage).
 *
 * Fields are independent, and the last writer wins, by the clock that all tabs of a machine share. The draft of a tab in which
 * the visitor is typing is not overwritten.
 */
import type { ConversationId, MessageId } from '@rivulet/protocol';
import type { OutboxEntry, OutboxMessage } from '../outbox/outbox-entry.ts';
import type { SharedState } from '../chat.ts';
import type { Environment, TabChannel } from '../environment/environment.ts';
import type { SiteStorage } from '../environment/storage.ts';
import { TAB_CHANNEL_VERSION } from './tab-messages.ts';

/** After this pause, the visitor is not typing any more. */
const TYPING_MS = 2000;

type Fields = SharedState & { draft?: string };
type FieldName = keyof Fields;
/** The fields with the time at which each was written. Fields from the storage have the time 0, so that any other is newer. */
type Stamped = Partial<Record<FieldName, { value: unknown; atMs: number }>>;

type TabSyncMessage =
  /** A new tab asks the others for their fields. */
  | { kind: 'new' }
  /** Fields that have changed, or all fields in answer to `new`. */
  | { kind: 'fields'; fields: Stamped }
  /** The visitor was logged out. */
  | { kind: 'logout' }
  /** The site identified a user, who has this identity key. The token is not posted: each tab asks its own page for one. */
  | { kind: 'identify'; identityKey: string }
  /** The visitor acted for the first time: values may be stored from now on, and those of the posting tab are. */
  | { kind: 'acted' }
  /** The visitor with this identity key started a conversation. */
  | { kind: 'begun'; conversationId: ConversationId; identityKey: string }
  | OutboxMessage;

/** Options of `TabSync`: the functions are called with changes that come from other tabs. */
export interface TabSyncOptions {
  environment: Environment;
  storage: SiteStorage;
  gateway: string;
  site: string;
  /** The draft has changed. */
  draft: (text: string) => void;
  /** The shared state has changed. */
  shared: (shared: SharedState) => void;
  /** The visitor was logged out. */
  logout: () => void;
  /** The site identified a user, who has this identity key. */
  identify: (identityKey: string) => void;
  /** The visitor acted for the first time. */
  acted: () => void;
  /** The visitor with this identity key started a conversation. */
  conversationStarted: (conversationId: ConversationId, identityKey: string) => void;
  /** The message was discarded, or is sent again under another id. */
  gone: (messageId: MessageId) => void;
  /** A message was queued. */
  queued: (entry: OutboxEntry) => void;
  /** The page is back from the back-forward cache, where it heard nothing. */
  restored: () => void;
}

/** Exchanges the shared state with the other tabs, and stores it. */
export class TabSync {
  readonly #options: TabSyncOptions;
  readonly #fields: Stamped = {};
  #typedAtMs = 0;
  #channel: TabChannel | undefined;
  #endSigns: (() => void) | undefined;

  constructor(options: TabSyncOptions) {
    this.#options = options;
    options.storage.allowed = () => {
      this.publish({ kind: 'acted' });
    };
    this.#load();
  }

  /** The text that the visitor has typed and not sent; empty when there is none. */
  get draft(): string {
    return (this.#fields.draft?.value as Fields['draft']) ?? ''; // text: `share` is typed, as it is in the tabs that post fields
  }

  /** The state of the panel: only the fields that some tab has set. */
  get shared(): SharedState {
    const { isOpen, unread } = this.#fields;
    return {
      ...(isOpen === undefined ? {} : { isOpen: isOpen.value as boolean }),
      ...(unread === undefined ? {} : { unread: unread.value as number }),
    };
  }

  /** Opens the channel, unless it is open, and asks the other tabs for their fields. */
  enter(): void {
    if (this.#channel !== undefined) return;
    const { environment, gateway, site } = this.#options;
    this.#channel = environment.channel?.(`${TAB_CHANNEL_VERSION}:${gateway}:${site}`, (message) => {
      // Only messages of this type are posted under this name.
      this.#received(message as TabSyncMessage);
    });
    this.publish({ kind: 'new' });
    // An open channel would keep the page out of the back-forward cache, or be heard by nobody there.
    this.#endSigns ??= environment.onSign((sign) => {
      if (sign === 'left') this.#closeChannel();
      if (sign !== 'restored') return;
      this.enter();
      // At once: the connection opens next, with what is stored.
      if (this.#options.storage.isEmptied) this.#options.logout();
      else void this.#adoptStored();
    });
  }

  /** Closes the channel; `enter` opens it again. May be called twice. */
  leave(): void {
    this.#endSigns?.();
    this.#endSigns = undefined;
    this.#closeChannel();
  }

  /** Takes the fields that another tab or a later page has stored. */
  adoptStored(): void {
    const { draft, shared } = this;
    Reflect.deleteProperty(this.#fields, 'draft');
    this.#load();
    if (this.draft !== draft) this.#options.draft(this.draft);
    if (JSON.stringify(this.shared) !== JSON.stringify(shared)) this.#options.shared(this.shared);
  }

  /** Posts a message to the other tabs; does nothing while the channel is closed. */
  publish(message: TabSyncMessage): void {
    this.#channel?.post(message);
  }

  /** Sets the fields that differ, stores them, and publishes them to the other tabs. */
  share(fields: Fields): void {
    const atMs = this.#options.environment.clock.now();
    const changed: Stamped = {};
    // The cast restores the type of the keys, which Object.entries loses.
    for (const [name, value] of Object.entries(fields) as [FieldName, unknown][])
      if (this.#fields[name]?.value !== value) changed[name] = { value, atMs };
    if (Object.keys(changed).length === 0) return;
    if (changed.draft !== undefined) this.#typedAtMs = atMs;
    Object.assign(this.#fields, changed);
    this.#save();
    this.publish({ kind: 'fields', fields: changed });
  }

  /** Clears all fields after a logout: the next user of this screen must not see them. */
  forget(): void {
    for (const name of Object.keys(this.#fields) as FieldName[]) Reflect.deleteProperty(this.#fields, name);
    this.#options.draft('');
    this.#options.shared({});
  }

  async #adoptStored(): Promise<void> {
    const { storage, restored } = this.#options;
    const { adoptStored } = await import('./restored-page.ts');
    adoptStored(storage, this);
    restored();
  }

  #closeChannel(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }

  #received(message: TabSyncMessage): void {
    const options = this.#options;
    switch (message.kind) {
      case 'new':
        if (Object.keys(this.#fields).length > 0) this.publish({ kind: 'fields', fields: this.#fields });
        break;
      case 'fields':
        this.#take(message.fields);
        break;
      case 'logout':
        options.logout();
        break;
      case 'identify':
        options.identify(message.identityKey);
        break;
      case 'acted':
        options.acted();
        break;
      case 'begun':
        options.conversationStarted(message.conversationId, message.identityKey);
        break;
      case 'gone':
        options.gone(message.messageId);
        break;
      case 'queued':
        options.queued(message.entry);
        break;
    }
  }

  #take(fields: Stamped): void {
    const { clock } = this.#options.environment;
    const changed = new Set<FieldName>();
    for (const [name, field] of Object.entries(fields) as [FieldName, { value: unknown; atMs: number }][]) {
      const mine = this.#fields[name];
      if (mine !== undefined && mine.atMs > field.atMs) continue;
      if (name === 'draft' && clock.now() - this.#typedAtMs < TYPING_MS) continue;
      this.#fields[name] = field;
      if (mine?.value !== field.value) changed.add(name);
    }
    if (changed.delete('draft')) this.#options.draft(this.draft);
    if (changed.size > 0) this.#options.shared(this.shared);
  }

  #load(): void {
    const { storage } = this.#options;
    const draft = storage.get('draft');
    if (draft !== undefined) this.#fields.draft = { value: draft, atMs: 0 };
    try {
      const { isOpen, unread } = JSON.parse(storage.get('shared') ?? '{}') as Record<string, unknown>;
      if (typeof isOpen === 'boolean') this.#fields.isOpen = { value: isOpen, atMs: 0 };
      if (typeof unread === 'number') this.#fields.unread = { value: unread, atMs: 0 };
    } catch {
      // Damaged or null: treated as absent.
    }
  }

  #save(): void {
    const { storage } = this.#options;
    if (this.draft === '') storage.remove('draft');
    else storage.set('draft', this.draft);
    if (Object.keys(this.shared).length > 0) storage.set('shared', JSON.stringify(this.shared));
  }
}
