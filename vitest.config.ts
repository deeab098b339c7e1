import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

/** Chromium as root in a container, with no call of its own to the outside. */
export const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const at = (path: string) => new URL(path, import.meta.url).pathname;
const resolve = {
  alias: [
    { find: /^@rivulet\/protocol\/testing$/, replacement: at('packages/protocol/src/testing/index.ts') },
    { find: /^@rivulet\/protocol$/, replacement: at('packages/protocol/src/index.ts') },
  ],
};

/** A busy machine is slow, not wrong. Less than a test's own limit, so that a failure says what was missing. */
const waitTimeoutMs = 10_000;
const waitTimeout = {
  expect: { poll: { timeout: waitTimeoutMs } },
  provide: { waitTimeoutMs },
  setupFiles: [at('vitest.wait-timeout.ts')],
};

export default defineConfig({
  test: {
    coverage: { provider: 'v8', include: ['packages/*/src/**'], reporter: ['text-summary', 'lcov'] },
    projects: [
      {
        resolve,
        test: {
          name: 'node',
          // A busy machine is slow, not wrong: no test waits by the clock.
          testTimeout: 30_000,
          ...waitTimeout,
          environment: 'node',
          include: [
            'packages/{protocol,gateway}/src/**/*.test.ts',
            'packages/gateway/demo/**/*.test.ts',
            'scripts/**/*.test.ts',
            'packages/widget/src/{client,markdown,react,vue}/**/*.test.ts',
            'examples/playground/src/**/*.test.ts',
          ],
          exclude: ['**/*.browser.test.ts'],
        },
      },
      {
        resolve,
        // Found one by one while the tests run, each would reload the page under the test that found it.
        optimizeDeps: {
          include: [
            'axe-core',
            'highlight.js/lib/core',
            'highlight.js/lib/languages/*',
            'lit/**',
            'react',
            'react-dom',
            'react-dom/client',
            'temml',
            'vue',
          ],
        },
        test: {
          name: 'browser',
          testTimeout: 30_000,
          ...waitTimeout,
          include: ['packages/widget/src/**/*.browser.test.ts'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
                args: chromiumArgs,
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
