/** How long a test waits for what it names: vitest has a setting for `expect.poll`, and none for `vi.waitFor` and `vi.waitUntil`. */
import { inject, vi } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of vitest.config.ts. */
    waitTimeoutMs: number;
  }
}

type Options = Parameters<typeof vi.waitFor>[1];

const { waitFor, waitUntil } = vi;
const withTimeout = (options: Options) => ({
  timeout: inject('waitTimeoutMs'),
  ...(typeof options === 'number' ? { timeout: options } : options),
});
vi.waitFor = (callback, options) => waitFor(callback, withTimeout(options));
vi.waitUntil = (callback, options) => waitUntil(callback, withTimeout(options));
