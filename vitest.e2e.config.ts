import { defineConfig } from 'vitest/config';

const isFull = process.env.RIVULET_SCALE === 'full';

/**
 * These files wait for leases, servers and processes most of the time. Times that they limit have a margin that is several times
 * larger than what another file costs. At full scale, where times are printed as results, they run alone like the others.
 */
const WAITING = [
  'away',
  'backup',
  'cluster',
  'crash',
  'migrate',
  'mixed-versions',
  'process',
  'start-failures',
  'takeover-restart',
  'two-gateways',
].map((name) => `e2e/${name}.test.ts`);

const shared = {
  // At full scale, one test kills a gateway two hundred times.
  testTimeout: isFull ? 900_000 : 60_000,
  hookTimeout: 60_000,
  // A busy machine must not fail a test.
  expect: { poll: { timeout: 10_000 } },
};

/** The projects run one after the other, because their numbers in `sequence.groupOrder` differ. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'e2e',
          include: ['e2e/*.test.ts'],
          exclude: WAITING,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...shared,
          name: 'e2e-waiting',
          include: WAITING,
          maxWorkers: isFull ? 1 : 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
