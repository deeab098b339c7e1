import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

/** Arguments with which Chromium runs as root in a container and makes no network requests of its own. */
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
    {
      find: /^@rivulet\/protocol\/conformance$/,
      replacement: at('packages/protocol/src/conformance/index.ts'),
    },
    { find: /^@rivulet\/protocol$/, replacement: at('packages/protocol/src/index.ts') },
  ],
};

/**
 * How long `expect.poll`, `vi.waitFor` and `vi.waitUntil` wait. Long, because a busy machine must not fail a test; shorter than
 * the timeout of a test, so that the error names the condition that was not met.
 */
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
          // Long, because a busy machine must not fail a test. No test waits for a fixed time.
          testTimeout: 30_000,
          ...waitTimeout,
          environment: 'node',
          include: [
            'packages/{protocol,gateway,console}/src/**/*.test.ts',
            'packages/gateway/demo/**/*.test.ts',
            'scripts/**/*.test.ts',
            'packages/widget/src/**/*.test.ts',
            'examples/playground/src/**/*.test.ts',
            'examples/{cluster,kubernetes,prometheus}/*.test.ts',
          ],
          exclude: ['**/*.browser.test.ts'],
        },
      },
      {
        resolve,
        // A dependency that is discovered while tests run reloads the page of the running test, so all are listed here.
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
