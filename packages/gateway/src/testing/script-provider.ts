/** A provider for tests: the test receives each call and emits the events of its response one by one. */
import type { Provider, ProviderEvent, ProviderRequest } from '../providers/provider.ts';

/** One call of the provider, whose response the test controls. `response-started` is emitted by itself. */
export interface Scene {
  request: ProviderRequest;
  /** The caller's signal. An abort ends the response without `finished`. */
  signal: AbortSignal;
  /** Emits a text delta for each text. */
  emitText(...texts: string[]): void;
  /** Emits one event. */
  emit(event: ProviderEvent): void;
  /** Emits `finished` with a reason, which ends the response. Default: `stop`. */
  finish(reason?: 'stop' | 'length' | 'tool' | 'blocked'): void;
  /** Ends the response without `finished`. */
  end(): void;
  /** Makes the response throw. */
  fail(error: unknown): void;
}

/** A provider whose responses the test controls. */
export interface ScriptProvider extends Provider {
  /** Resolves with the next call that no earlier `next` has returned. */
  next(): Promise<Scene>;
}

/** Creates a provider that waits for the test in each call. */
export function createScriptProvider(): ScriptProvider {
  const scenes: Scene[] = [];
  const waiting: ((scene: Scene) => void)[] = [];
  return {
    name: 'script',
    next: () =>
      new Promise((resolve) => {
        const scene = scenes.shift();
        if (scene === undefined) waiting.push(resolve);
        else resolve(scene);
      }),
    stream(request, signal) {
      const script = createSceneControls(signal);
      const scene: Scene = { request, signal, ...script.controls };
      const receiver = waiting.shift();
      if (receiver === undefined) scenes.push(scene);
      else receiver(scene);
      return script.events();
    },
  };
}

type Step = { kind: 'event'; event: ProviderEvent } | { kind: 'end' } | { kind: 'fail'; error: unknown };

function createSceneControls(signal: AbortSignal): {
  controls: Omit<Scene, 'request' | 'signal'>;
  events(): AsyncGenerator<ProviderEvent>;
} {
  const steps: Step[] = [{ kind: 'event', event: { type: 'response-started' } }];
  let wake: (() => void) | undefined;
  const push = (step: Step) => {
    steps.push(step);
    wake?.();
  };
  signal.addEventListener('abort', () => wake?.());
  const emit = (event: ProviderEvent) => {
    push({ kind: 'event', event });
  };
  return {
    controls: {
      emit,
      emitText: (...texts: string[]) => {
        for (const text of texts) emit({ type: 'text-delta', text });
      },
      finish: (reason: 'stop' | 'length' | 'tool' | 'blocked' = 'stop') => {
        emit({ type: 'finished', reason, usage: { inputTokens: 1, outputTokens: 1 } });
      },
      end: () => {
        push({ kind: 'end' });
      },
      fail: (error: unknown) => {
        push({ kind: 'fail', error });
      },
    },
    async *events(): AsyncGenerator<ProviderEvent> {
      for (;;) {
        if (signal.aborted) return;
        const step = steps.shift();
        if (step === undefined) await new Promise<void>((resolve) => (wake = resolve));
        else if (step.kind === 'event') yield step.event;
        else if (step.kind === 'end') return;
        else throw step.error;
        if (step?.kind === 'event' && step.event.type === 'finished') return;
      }
    },
  };
}
