import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { silentLogger, type Logger } from '../base/index.ts';
import { openTracing } from './open-tracing.ts';
import { ATTRIBUTES, CONTENT_ATTRIBUTES, EVENTS, SCHEMA_URL, SPANS } from './semantic-conventions.ts';

const docs = readFileSync(new URL('../../../../docs/telemetry.md', import.meta.url), 'utf8');

it('names of spans, attributes and events do not change: dashboards of others have them', () => {
  const spans = [SPANS.run('s'), SPANS.accept, SPANS.request('m'), SPANS.request(undefined), SPANS.tool('t')];
  expect(spans).toEqual(['invoke_agent s', 'rivulet.accept', 'chat m', 'chat', 'execute_tool t']);
  expect(Object.values(ATTRIBUTES).toSorted()).toEqual([
    'error.type',
    'gen_ai.agent.name',
    'gen_ai.conversation.id',
    'gen_ai.operation.name',
    'gen_ai.provider.name',
    'gen_ai.request.model',
    'gen_ai.response.finish_reasons',
    'gen_ai.tool.call.id',
    'gen_ai.tool.name',
    'gen_ai.tool.type',
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.output_tokens',
    'rivulet.ref',
    'rivulet.run.attempt',
    'rivulet.run.id',
    'rivulet.run.reason',
    'rivulet.upstream',
    'server.address',
    'server.port',
  ]);
  expect(Object.values(CONTENT_ATTRIBUTES).toSorted()).toEqual([
    'gen_ai.input.messages',
    'gen_ai.output.messages',
    'gen_ai.tool.call.arguments',
    'gen_ai.tool.call.result',
  ]);
  expect(Object.values(EVENTS).toSorted()).toEqual([
    'rivulet.approval_given',
    'rivulet.approval_requested',
    'rivulet.first_delta',
    'rivulet.run.begun',
  ]);
});

it.each([ATTRIBUTES, CONTENT_ATTRIBUTES, EVENTS].flatMap((names) => Object.values(names)))(
  'docs/telemetry.md has %s',
  (name) => {
    expect(docs).toContain(`\`${name}\``);
  },
);

it('docs/telemetry.md says of which version of the conventions the names are', () => {
  expect(docs).toContain(`version ${SCHEMA_URL.split('/').at(-1) ?? '?'}`);
});

it.each([
  [undefined, 0],
  [{ content: true }, 1],
] as const)(
  'without the package nothing is traced, which is said when %o is configured',
  (settings, lines) => {
    const logger = { ...silentLogger, warn: vi.fn<Logger['warn']>() };
    expect(openTracing({ logger, settings, packageName: 'no-such-package-is-there' })).toBeUndefined();
    expect(logger.warn).toHaveBeenCalledTimes(lines);
  },
);
