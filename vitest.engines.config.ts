import { defineConfig } from 'vitest/config';

/** The main functions of the widget in Firefox. All other tests use Chromium. */
export default defineConfig({
  test: {
    name: 'engines',
    include: ['e2e/engines/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
