#!/usr/bin/env node
/**
 * The executable `rivulet`. It imports the rest only when Node is new enough, because some of the packages cannot be imported by an
 * older one.
 */
import { checkNodeVersion } from '../base/node-version.ts';

async function main(): Promise<void> {
  try {
    checkNodeVersion();
  } catch (error) {
    fail(error instanceof Error ? error.message : '');
    return;
  }
  const [{ run }, { describeStartError }, { exitCodeOf }] = await Promise.all([
    import('./run.ts'),
    import('./start-error.ts'),
    import('./exit-codes.ts'),
  ]);
  await run().catch((error: unknown) => {
    fail(describeStartError(error), exitCodeOf(error));
  });
}

/** Not only the exit code: a connection that is still open would keep the process alive. */
function fail(sentence: string, exitCode = 1): void {
  process.stderr.write(`rivulet: ${sentence}\n`, () => process.exit(exitCode));
}

void main();
