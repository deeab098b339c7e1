import { defineConfig } from 'vitest/config';

/** The widget's main job in another engine than the one that all other tests use. */
export default defineConfig({
  test: {
    name: 'engines',
    include: ['e2e/engines/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
