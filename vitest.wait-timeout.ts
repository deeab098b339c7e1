/** Sets the default timeout of `vi.waitFor` and `vi.waitUntil`. Vitest has a setting only for `expect.poll`. */
import { inject, vi } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** The timeout in milliseconds, provided by vitest.config.ts. */
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
