/** How long a test waits for what it names: vitest has a setting for `expect.poll`, and none for `vi.waitFor` and `vi.waitUntil`. */
import { inject, vi } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of vitest.config.ts. */
    patienceMs: number;
  }
}

type Options = Parameters<typeof vi.waitFor>[1];

const { waitFor, waitUntil } = vi;
const patient = (options: Options) => ({
  timeout: inject('patienceMs'),
  ...(typeof options === 'number' ? { timeout: options } : options),
});
vi.waitFor = (callback, options) => waitFor(callback, patient(options));
vi.waitUntil = (callback, options) => waitUntil(callback, patient(options));
