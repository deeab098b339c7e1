/** A provider that a test plays by hand: each call is a scene, and says only what the test has it say. */
import type { Provider, ProviderEvent, ProviderRequest } from '../providers/provider.ts';

export interface Scene {
  request: ProviderRequest;
  signal: AbortSignal;
  say(...texts: string[]): void;
  emit(event: ProviderEvent): void;
  /** Ends with a finish reason; `undefined` ends without one. */
  finish(reason?: 'stop' | 'length' | 'tool' | 'blocked'): void;
  end(): void;
  fail(error: unknown): void;
}

export interface ScriptProvider extends Provider {
  /** The next call that was not taken yet. */
  next(): Promise<Scene>;
}

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
      const taker = waiting.shift();
      if (taker === undefined) scenes.push(scene);
      else taker(scene);
      return script.events();
    },
  };
}

type Line = { kind: 'event'; event: ProviderEvent } | { kind: 'end' } | { kind: 'fail'; error: unknown };

function createSceneControls(signal: AbortSignal) {
  const lines: Line[] = [{ kind: 'event', event: { type: 'response-started' } }];
  let wake: (() => void) | undefined;
  const push = (line: Line) => {
    lines.push(line);
    wake?.();
  };
  signal.addEventListener('abort', () => wake?.());
  const emit = (event: ProviderEvent) => {
    push({ kind: 'event', event });
  };
  return {
    controls: {
      emit,
      say: (...texts: string[]) => {
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
        const line = lines.shift();
        if (line === undefined) await new Promise<void>((resolve) => (wake = resolve));
        else if (line.kind === 'event') yield line.event;
        else if (line.kind === 'end') return;
        else throw line.error;
        if (line?.kind === 'event' && line.event.type === 'finished') return;
      }
    },
  };
}
