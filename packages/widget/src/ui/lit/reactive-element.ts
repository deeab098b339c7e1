/**
 * Base class of the widget's elements. It collects changes of properties and renders once for all of them, into the element itself. Lit's
 * own base class is three times as large: it also has attributes, shadow roots and style sheets, of which these elements use none.
 */
import { render } from './lit.ts';

/** Hooks into the life of an element. */
export interface ReactiveController {
  /** The element was connected, or the controller was added to a connected one. */
  hostConnected?(): void;
  /** The element was disconnected. */
  hostDisconnected?(): void;
  /** Before the element renders. */
  hostUpdate?(): void;
  /** After the element has rendered. */
  hostUpdated?(): void;
}

/** The element as its controllers see it. */
export interface ReactiveControllerHost {
  /** Adds a controller. */
  addController(controller: ReactiveController): void;
  /** Requests an update. */
  requestUpdate(): void;
}

/** The properties that have changed since the last update, with the values that they had then. */
export interface PropertyValues<Host> {
  /** Whether a property has changed. */
  has(name: keyof Host): boolean;
  /** The value before the change. */
  get<Name extends keyof Host>(name: Name): Host[Name] | undefined;
}

/** Prototypes whose properties have accessors. */
const prepared = new WeakSet<object>();

/** An element whose updates are batched: it renders in a microtask after its properties have changed, and not before it is connected. */
export abstract class ReactiveElement extends HTMLElement implements ReactiveControllerHost {
  /** Names of the properties whose changes update the element. Subclasses `declare` them, so that no field hides the accessor. */
  static readonly properties: readonly string[] = [];

  /** Whether the element has rendered. */
  hasUpdated = false;
  readonly #values = new Map<string, unknown>(); // bounded by `properties`
  readonly #controllers = new Set<ReactiveController>();
  #changed = new Map<string, unknown>();
  #isPending = false;
  #isActive = false;
  #start: () => void = () => undefined;
  /** The running update, or the last one. The first waits until the element is connected. */
  #update = new Promise<unknown>((resolve) => {
    this.#start = () => {
      resolve(undefined);
    };
  });
  #part: ReturnType<typeof render> | undefined;

  constructor() {
    super();
    ReactiveElement.#prepare(this);
    this.requestUpdate();
  }

  /** Settles once nothing is left to render. @returns whether that is so: an update can change properties again */
  get updateComplete(): Promise<boolean> {
    return this.getUpdateComplete();
  }

  /** Called when the element is connected. */
  connectedCallback(): void {
    this.#isActive = true;
    this.#start();
    for (const controller of this.#controllers) controller.hostConnected?.();
    this.#part?.setConnected(true);
  }

  /** Called when the element is disconnected. */
  disconnectedCallback(): void {
    this.#isActive = false;
    for (const controller of this.#controllers) controller.hostDisconnected?.();
    this.#part?.setConnected(false);
  }

  /** Adds a controller. */
  addController(controller: ReactiveController): void {
    this.#controllers.add(controller);
    if (this.#isActive) controller.hostConnected?.();
  }

  /** Requests an update. Requests before it runs are one update. */
  requestUpdate(): void {
    if (this.#isPending) return;
    this.#isPending = true;
    this.#update = this.#updateAfter(this.#update);
  }

  /** Returns what the element shows. */
  protected abstract render(): unknown;

  /** Whether a change of a property needs an update. */
  protected isChange(_name: string, value: unknown, before: unknown): boolean {
    return !Object.is(value, before);
  }

  /** Called before `render`. Properties that it changes belong to the same update. */
  protected willUpdate(_changed: PropertyValues<this>): void {
    // for subclasses
  }

  /** Called after the first update. */
  protected firstUpdated(): void {
    // for subclasses
  }

  /** Called after each update. Properties that it changes need another one. */
  protected updated(_changed: PropertyValues<this>): void {
    // for subclasses
  }

  /** Runs a pending update. Subclasses may delay it. */
  protected scheduleUpdate(): unknown {
    this.#performUpdate();
    return undefined;
  }

  /** Settles as `updateComplete` does. Subclasses may wait for more. */
  protected async getUpdateComplete(): Promise<boolean> {
    await this.#update;
    return !this.#isPending;
  }

  static #prepare(element: ReactiveElement): void {
    const prototype = Object.getPrototypeOf(element) as object; // a prototype of a class is one
    if (prepared.has(prototype)) return;
    prepared.add(prototype);
    for (const name of (element.constructor as typeof ReactiveElement).properties)
      Object.defineProperty(prototype, name, {
        get(this: ReactiveElement) {
          return this.#values.get(name);
        },
        set(this: ReactiveElement, value: unknown) {
          this.#set(name, value);
        },
      });
  }

  #set(name: string, value: unknown): void {
    const before = this.#values.get(name);
    if (!this.isChange(name, value, before)) return;
    this.#values.set(name, value);
    if (!this.#changed.has(name)) this.#changed.set(name, before);
    this.requestUpdate();
  }

  async #updateAfter(last: Promise<unknown>): Promise<void> {
    await last.catch(reportError); // the next update is tried nevertheless
    await this.scheduleUpdate();
  }

  #performUpdate(): void {
    const changed = this.#changed as PropertyValues<this>; // filled by the accessors of the properties
    let content: unknown;
    try {
      this.willUpdate(changed);
      for (const controller of this.#controllers) controller.hostUpdate?.();
      content = this.render();
    } finally {
      // What changes from here on needs another update.
      this.#changed = new Map();
      this.#isPending = false;
    }
    this.#part = render(content, this, { host: this, isConnected: this.isConnected });
    for (const controller of this.#controllers) controller.hostUpdated?.();
    const isFirst = !this.hasUpdated;
    this.hasUpdated = true;
    if (isFirst) this.firstUpdated();
    this.updated(changed);
  }
}
