import { DATA_PARTS, type DataPartName } from '@rivulet/protocol';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../src/testing/fake-clock.ts';
import { collect, textIn } from '../src/testing/contracts/provider-contract.ts';
import { stepsOfScene, readScene, type DemoScene } from './demo-scenes.ts';
import { createDemoProvider } from './demo-provider.ts';
import type { ProviderMessage, ProviderRequest } from '../src/providers/provider.ts';

const ALL: DemoScene[] = [
  'form',
  'card',
  'suggestions',
  'sources',
  'reasoning',
  'everything',
  'tool',
  'approval',
];
const tools = ['search_documents', 'book_callback'].map((name) => ({
  name,
  description: '',
  parameters: {},
}));

/** Every timer fires at once. */
const clock = {
  ...createFakeClock(),
  after: (_delayMs: number, callback: () => void) => {
    queueMicrotask(callback);
    return { cancel: () => undefined };
  },
};
const answer = (messages: ProviderMessage[], more: Partial<ProviderRequest> = {}) =>
  collect(
    createDemoProvider({ documents: [], clock }).stream(
      { messages, tools, ...more },
      new AbortController().signal,
    ),
  );
const ask = (text: string): ProviderMessage => ({ role: 'user', text });

describe('the scene that a question asks for', () => {
  it.each([
    ['Show me a tool call', 'tool'],
    ['can you show me an approval?', 'approval'],
    ['Book a callback, please', 'approval'],
    ['show me a form', 'form'],
    ['a card', 'card'],
    ['Show me some suggested replies', 'suggestions'],
    ['show me sources', 'sources'],
    ['Show me your reasoning', 'reasoning'],
    ['show me everything', 'everything'],
    ['How do tools work?', undefined],
    ['What is a form?', undefined],
    ['Show me a table', undefined],
    ['constructor', undefined],
  ])('%j: %s', (question, scene) => {
    expect(readScene(question)).toBe(scene);
  });
});

describe('the demo', () => {
  it.each(ALL)('shows %s with data parts that match their schemas', (scene) => {
    const events = stepsOfScene(scene, ['search_documents', 'book_callback']).flatMap((step) =>
      step.kind === 'part' ? [step.event] : [],
    );
    for (const event of events) {
      if (event.type !== 'data') continue;
      // A name that is not in the table fails below.
      expect(v.is(DATA_PARTS[event.name as DataPartName], event.value), event.name).toBe(true);
    }
  });

  it('cites no source that it does not send', async () => {
    const events = await answer([ask('Show me sources')]);
    const numbers = [...textIn(events).matchAll(/\[(\d)\]/g)].map(([, number]) => Number(number));
    expect(Math.max(...numbers)).toBe(events.filter(({ type }) => type === 'source').length);
  });

  it.each([
    ['Show me a tool call', 'search_documents'],
    ['Show me an approval', 'book_callback'],
  ])('calls a tool when asked: %s', async (question, name) => {
    const events = await answer([ask(question)]);
    expect(events).toContainEqual({ type: 'tool-call-started', callId: 'demo-call-1', name });
    const input = events.map((event) => (event.type === 'tool-call-delta' ? event.text : '')).join('');
    expect(JSON.parse(input)).toBeTypeOf('object');
    expect(events.at(-1)).toMatchObject({ type: 'finished', reason: 'tool' });
  });

  it.each([
    ['there is none', { tools: [] }],
    ['calls are no longer allowed', { toolChoice: 'none' as const }],
  ])('says that there is no tool when %s', async (_case, more) => {
    const events = await answer([ask('Show me a tool call')], more);
    expect(textIn(events)).toContain('no tool');
    expect(events.at(-1)).toMatchObject({ reason: 'stop' });
  });

  const after = (name: string, result: unknown): ProviderMessage[] => [
    ask('Show me a tool call'),
    { role: 'assistant', text: '', calls: [{ callId: 'c1', name, input: '{}' }] },
    { role: 'tool', callId: 'c1', text: JSON.stringify(result) },
  ];
  it.each([
    [
      'search_documents',
      { results: [{ title: 'Resume', excerpt: 'It goes on.' }] },
      /\*\*Resume\*\* \[1\]: It goes on\./,
    ],
    ['search_documents', { results: [] }, /found nothing/],
    ['book_callback', { reference: 'CB-1' }, /booked as `CB-1`/],
    ['book_callback', { note: 'changed', input: {}, output: { reference: 'CB-2' } }, /booked as `CB-2`/],
    ['book_callback', { error: 'The user refused this call.' }, /did not happen\. The user refused/],
    ['weather', { sky: 'clear' }, /"sky":"clear"/],
  ])('replies to the result of %s: %j', async (name, result, pattern) => {
    const events = await answer(after(name, result));
    expect(textIn(events)).toMatch(pattern);
    expect(events.at(-1)).toMatchObject({ reason: 'stop' });
  });

  it('lists the values of a submitted form', async () => {
    const value = { formId: 'contact', values: { name: 'Ada | `x`', copy: true } };
    const text = textIn(await answer([ask(`form-answer: ${JSON.stringify(value)}`)]));
    expect(text).toMatch(/\| name \| Ada {4}x {2}\|\n\| copy \| true \|/);
  });

  it('lists the files, and quotes the beginning of a text file', async () => {
    const files = [
      { name: 'a`b.png', mediaType: 'image/png', sizeBytes: 2_500 },
      { name: 'notes.md', mediaType: 'text/markdown', sizeBytes: 7, bytes: Buffer.from('# Notes') },
    ];
    const text = textIn(await answer([{ role: 'user', text: 'What is this?', files }]));
    expect(text).toMatch(/`a b\.png` \(image\/png, 3 kB\)[^]*````\n# Notes\n````/);
  });
});
