/**
 * State that the tabs of one browser share beside their connection: the draft, the state of the panel, logins and logouts, and
 * the conversation that was started. It is exchanged from the start and stored only once the visitor has acted (see SiteStorage).
 *
 * Fields are independent, and the last writer wins, by the clock that all tabs of a machine share. The draft of a tab in which
 * the visitor is typing is not overwritten.
 */
import type { ConversationId, MessageId } from '@rivulet/protocol';
import type { SharedState } from '../chat.ts';
import type { Environment, TabChannel } from '../environment/environment.ts';
import type { SiteStorage } from '../environment/storage.ts';
import { TAB_CHANNEL_VERSION } from './tab-messages.ts';

/** After this pause, the visitor is not typing any more. */
const TYPING_MS = 2000;

type Fields = SharedState & { draft?: string };
type FieldName = keyof Fields;
/** The fields and when each was written; those from the storage at 0, before all others. */
type Stamped = Partial<Record<FieldName, { value: unknown; atMs: number }>>;

type TabSyncMessage =
  /** A new tab asks the others for their fields. */
  | { kind: 'new' }
  | { kind: 'fields'; fields: Stamped }
  | { kind: 'logout' }
  | { kind: 'identify'; token: string }
  | { kind: 'begun'; conversationId: ConversationId; identityKey: string }
  | { kind: 'gone'; messageId: MessageId };

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
  logout: () => void;
  identify: (token: string) => void;
  /** The visitor with this identity key started a conversation. */
  conversationStarted: (conversationId: ConversationId, identityKey: string) => void;
  /** The message was discarded, or is sent again under another id. */
  gone: (messageId: MessageId) => void;
}

/** This tab's part of the exchange. */
export class TabSync {
  readonly #options: TabSyncOptions;
  readonly #fields: Stamped = {};
  #typedAtMs = 0;
  #channel: TabChannel | undefined;

  constructor(options: TabSyncOptions) {
    this.#options = options;
    this.#load();
  }

  get draft(): string {
    return (this.#fields.draft?.value as Fields['draft']) ?? ''; // written by `share` alone, which is typed
  }

  get shared(): SharedState {
    const { isOpen, unread } = this.#fields;
    return {
      ...(isOpen === undefined ? {} : { isOpen: isOpen.value as boolean }),
      ...(unread === undefined ? {} : { unread: unread.value as number }),
    };
  }

  /** Opens the channel, unless it is open. */
  enter(): void {
    if (this.#channel !== undefined) return;
    const { environment, gateway, site } = this.#options;
    this.#channel = environment.channel?.(`${TAB_CHANNEL_VERSION}:${gateway}:${site}`, (message) => {
      // Only messages of this type are posted under this name.
      this.#received(message as TabSyncMessage);
    });
    this.publish({ kind: 'new' });
  }

  leave(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }

  publish(message: TabSyncMessage): void {
    this.#channel?.post(message);
  }

  share(fields: Fields): void {
    const atMs = this.#options.environment.clock.now();
    const changed: Stamped = {};
    for (const [name, value] of Object.entries(fields) as [FieldName, unknown][])
      // Object.entries loses the type of the keys
      if (this.#fields[name]?.value !== value) changed[name] = { value, atMs };
    if (Object.keys(changed).length === 0) return;
    if (changed.draft !== undefined) this.#typedAtMs = atMs;
    Object.assign(this.#fields, changed);
    this.#save();
    this.publish({ kind: 'fields', fields: changed });
  }

  /** Clears the draft after a logout: the next user of this screen must not see it. */
  forget(): void {
    for (const name of Object.keys(this.#fields) as FieldName[]) Reflect.deleteProperty(this.#fields, name);
    this.#options.draft('');
    this.#options.shared({});
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
        options.identify(message.token);
        break;
      case 'begun':
        options.conversationStarted(message.conversationId, message.identityKey);
        break;
      case 'gone':
        options.gone(message.messageId);
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
