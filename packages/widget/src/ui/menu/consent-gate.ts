/** Gives the application its chat: before the visitor has agreed, one that waits. Fetched where the site asks for consent. */
import type { Chat } from '../../client/chat.ts';
import type { App, AppHost, AppSettings } from '../../shell/app-contract.ts';
import type { AppParts } from '../app/app-parts.ts';
import type { ChatOptions } from '../app/create-chat.ts';
import type { RivuletApp } from '../app/rivulet-app.ts';
import { StoppedError } from '../app/stopped-error.ts';
import { CONSENT, forgetConsent, keyOf, needsConsent, type ConsentChange } from './consent.ts';
import { HeldChat } from './held-chat.ts';

/** An application that asks for its chat again when told to, and ends its gate when it ends. */
interface GatedApp extends App {
  renewChat: () => void;
  gate: { close: () => void; forget: () => void } | undefined;
}

/** @param mount makes the application */
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
  #held: HeldChat | undefined;

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

  /** Who comes next has agreed to nothing. */
  forget(): void {
    forgetConsent(this.#settings.site);
    this.#follow();
  }

  /** Bound: it is handed on as it is. */
  readonly createChat = (options: ChatOptions): Chat => {
    const create = () => this.#create(options);
    if (this.#isHolding) {
      const ask = () => {
        this.#ask();
      };
      this.#held = new HeldChat({ place: options, create, ask });
      return this.#held;
    }
    const real = create();
    this.#held?.become(real);
    this.#held = undefined;
    return real;
  };

  get #panel(): RivuletApp | null {
    return this.#host.root.querySelector('rivulet-app');
  }

  /** As they are now: the host's are as they were at first. */
  get #settings(): AppSettings {
    return this.#panel?.settings ?? this.#host.settings;
  }

  get #isHolding(): boolean {
    return needsConsent(this.#settings);
  }

  #ask(): void {
    if (this.#isHolding) void this.#panel?.showSide('consent', 'stays');
    // No more, or the visitor has agreed where this page was not told.
    else this.app?.renewChat();
  }

  /** The visitor has decided, here or in another tab. */
  #follow(): void {
    if (this.#isHolding !== (this.#held !== undefined)) this.app?.renewChat();
  }

  readonly #onConsent = (event: Event): void => {
    // Only `tellConsent` dispatches events of this name.
    const change = (event as CustomEvent<ConsentChange>).detail;
    if (change === 'declined')
      this.#held?.refuse(
        new StoppedError('forbidden', {
          message: 'The visitor does not agree that something is sent and stored.',
        }),
      );
    else this.#follow();
    // In the composer the keyboard would ask again.
    if (change !== 'forgotten') void this.#panel?.showSide('none', change === 'agreed' ? 'back' : 'stays');
  };

  readonly #onStorage = ({ key }: StorageEvent): void => {
    if (key === null || key === keyOf(this.#settings.site)) this.#follow();
  };
}
