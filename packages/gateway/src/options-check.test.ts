import { expect, test } from 'vitest';
import type { GatewayOptions } from './gateway-options.ts';
import { createScriptProvider } from './testing/script-provider.ts';
import { startGateway } from './testing/start-gateway.ts';

const problemsOf = async (options: Partial<GatewayOptions>): Promise<string> => {
  const started = await startGateway(options).catch((error: unknown) => error);
  if (!(started instanceof Error)) throw new Error('It has started.');
  expect(started.name).toBe('GatewayOptionsError');
  return started.message;
};

test('a limit that is no limit stops the gateway at its start, naming each bad value', async () => {
  const limits = { maxAnswerChars: 0, drainMs: Number.NaN, maxToolRounds: 1.5, sweepMs: Infinity };
  const problems = await problemsOf({ limits });
  expect(problems).toContain('limits.maxAnswerChars: expected a whole number of characters, 1 to 67108864');
  expect(problems).toContain('limits.drainMs: expected');
  expect(problems).toContain('limits.maxToolRounds: expected a whole number');
  expect(problems).toContain('limits.sweepMs: expected');
});

test('a limit that does not exist is named', async () => {
  const limits = { maxAnswerLength: 5 } as object;
  expect(await problemsOf({ limits })).toContain('limits.maxAnswerLength: there is no such setting');
});

test('a limit of the provider is checked as well', async () => {
  const provider = { ...createScriptProvider(), limits: { upstreamGapMs: -1 } };
  expect(await problemsOf({ provider })).toContain('provider.limits.upstreamGapMs: expected at least 1 ms');
});

test('a setting of a site that cannot be used is named with its place', async () => {
  const request = { temperature: 3, extraBody: { stream: false } };
  const problems = await problemsOf({
    sites: [
      { id: 'shop', origins: ['*'], maxAnswerChars: -1, request, whenUnwatched: { abandonAfterMs: 5 } },
    ],
  });
  expect(problems).toContain('sites.0.request.temperature: expected a number, 0 to 2');
  expect(problems).toContain('sites.0.request.extraBody: these fields are set by the gateway');
  expect(problems).toContain('sites.0.maxAnswerChars: expected a whole number of characters');
  expect(problems).toContain('sites.0.whenUnwatched');
});

test('a limit that is undefined keeps its default', async () => {
  const started = await startGateway({ limits: { maxAnswerChars: undefined } as object });
  const answer = await fetch(`${started.url}/readyz`);
  expect(answer.status).toBe(200);
  await started.stop();
});
