import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'e2e',
    include: ['e2e/*.test.ts'],
    // At full scale, one test kills a gateway two hundred times.
    testTimeout: process.env.RIVULET_SCALE === 'full' ? 900_000 : 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
