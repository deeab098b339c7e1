/**
 * Replaces the chat by one that queues commands until the visitor has given consent. Loaded only if the site asks for
 * consent.
 */
import type { Chat } from '../../client/chat.ts';
import type { App, AppHost, AppSettings } from '../../shell/app-contract.ts';
import type { AppParts } from '../app/app-parts.ts';
import type { ChatOptions } from '../app/create-chat.ts';
import type { RivuletApp } from '../app/rivulet-app.ts';
import { MessageStoppedError } from '../app/message-stopped-error.ts';
import { CONSENT, forgetConsent, keyOf, needsConsent, type ConsentChange } from './consent.ts';
import { QueuedChat } from './queued-chat.ts';

/** An application that recreates its chat on request, and closes its gate when it is destroyed. */
interface GatedApp extends App {
  renewChat: () => void;
  gate: { close: () => void; forget: () => void } | undefined;
}

/**
 * Mounts an application behind a consent gate.
 * @param mount creates the application
 */
export function mountGated(host: AppHost, parts: AppParts, mount: (parts: AppParts) => GatedApp): App {
  const gate = new ConsentGate(host, parts.createChat);
  const app = mount({ ...parts, createChat: gate.createChat });
  gate.app = app;
  app.gate = gate;
  return app;
}

class ConsentGate {
  app: GatedApp | undefined;
  readonly #host: AppHost;
  readonly #create: AppParts['createChat'];
  #queued: QueuedChat | undefined;

  constructor(host: AppHost, create: AppParts['createChat']) {
    this.#host = host;
    this.#create = create;
    host.root.addEventListener(CONSENT, this.#onConsent);
    addEventListener('storage', this.#onStorage);
  }

  close(): void {
    this.#host.root.removeEventListener(CONSENT, this.#onConsent);
    removeEventListener('storage', this.#onStorage);
  }

  /** Withdraws the consent: the next visitor on this device has not given any. */
  forget(): void {
    forgetConsent(this.#settings.site);
    this.#follow();
  }

  /** Bound, because it is passed on as a function. */
  readonly createChat = (options: ChatOptions): Chat => {
    const create = () => this.#create(options);
    if (this.#isHolding) {
      const ask = () => {
        this.#ask();
      };
      this.#queued = new QueuedChat({ place: options, create, ask });
      return this.#queued;
    }
    const real = create();
    this.#queued?.release(real);
    this.#queued = undefined;
    return real;
  };

  get #panel(): RivuletApp | null {
    return this.#host.root.querySelector('rivulet-app');
  }

  /** The current settings; those of the host are the initial ones. */
  get #settings(): AppSettings {
    return this.#panel?.settings ?? this.#host.settings;
  }

  get #isHolding(): boolean {
    return needsConsent(this.#settings);
  }

  #ask(): void {
    if (this.#isHolding) void this.#panel?.showSide('consent', 'stays');
    // The site no longer asks, or the visitor gave consent in a tab that could not notify this one.
    else this.app?.renewChat();
  }

  /** Applies the decision of the visitor, made here or in another tab. */
  #follow(): void {
    if (this.#isHolding !== (this.#queued !== undefined)) this.app?.renewChat();
  }

  readonly #onConsent = (event: Event): void => {
    // Only `reportConsent` dispatches events of this type.
    const change = (event as CustomEvent<ConsentChange>).detail;
    if (change === 'declined')
      this.#queued?.rejectQueued(
        new MessageStoppedError('forbidden', {
          message: 'The visitor does not agree that something is sent and stored.',
        }),
      );
    else this.#follow();
    // Not after a withdrawal: focusing the composer would ask again.
    if (change !== 'forgotten') void this.#panel?.showSide('none', change === 'agreed' ? 'back' : 'stays');
  };

  readonly #onStorage = ({ key }: StorageEvent): void => {
    if (key === null || key === keyOf(this.#settings.site)) this.#follow();
  };
}
