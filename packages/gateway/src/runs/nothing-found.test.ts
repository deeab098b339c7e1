/** An answer whose tools have found nothing: what the visitor is offered, and what each setting makes of it. */
import { afterEach, expect, it } from 'vitest';
import type { DeskSettings } from '../sites/desk-settings.ts';
import { createScriptedTool, type ScriptedTool } from '../testing/scripted-tool.ts';
import { emitToolCall, toolResultsIn, ToolHarness } from '../testing/tool-harness.ts';
import { ToolResult } from '../tools/tool-result.ts';

const OFFER = { type: 'data', name: 'person-offer', value: { reason: 'nothing-found' } };

let harness: ToolHarness;
let tool: ScriptedTool;
afterEach(() => harness.nodes.stop());

/** An answer with one call for each result. */
async function answerAfter(desk: DeskSettings | undefined, ...results: (boolean | undefined)[]) {
  tool = createScriptedTool();
  harness = await ToolHarness.open({ tools: [tool], ...(desk === undefined ? {} : { desk }) });
  void harness.sendMessage();
  for (const [index, found] of results.entries()) {
    const scene = await harness.scene();
    emitToolCall(scene, { city: 'Oslo' }, { callId: `call-${index}`, name: 'weather' });
    scene.finish('tool');
    (await tool.next()).resolve(new ToolResult({ hits: [] }, { found }));
  }
  const last = await harness.scene();
  last.emitText('That is all I know.');
  last.finish();
  expect(await harness.reason()).toBe('stop');
  return last;
}
const offers = () =>
  harness.client.view?.conversation.messages.at(-1)?.parts.filter(({ type }) => type === 'data') ?? [];

it('offers a person at the end of the answer, which viewers and the store have and the model is not given', async () => {
  const last = await answerAfter({}, false);
  expect(toolResultsIn(last)).toEqual([{ hits: [] }]);
  expect(harness.client.view?.conversation.messages.at(-1)?.parts.map(({ type }) => type)).toEqual([
    'tool',
    'text',
    'data',
  ]);
  expect(offers()).toEqual([OFFER]);
  expect(harness.client.view?.conversation.owner).toBeUndefined();
  void harness.sendMessage();
  const next = await harness.scene();
  expect(JSON.stringify(next.request)).not.toContain('person-offer');
  next.finish();
});

it.each<[string, DeskSettings | undefined, (boolean | undefined)[]]>([
  ['when another call has found something', {}, [false, true]],
  ['when an earlier call has found something', {}, [true, false]],
  ['when the tools say nothing about it', {}, [undefined]],
  ['where the site says so', { whenNothingFound: 'nothing' }, [false]],
  ['at a site without a desk', undefined, [false]],
])('offers nobody %s', async (_when, desk, results) => {
  await answerAfter(desk, ...results);
  expect(offers()).toEqual([]);
  expect(harness.client.view?.conversation.owner).toBeUndefined();
});

it('asks for a person where the site says so, after the end of the answer', async () => {
  await answerAfter({ whenNothingFound: 'queue' }, false, false);
  const { owner } = await harness.client.received('owner-changed');
  expect(owner).toMatchObject({ kind: 'queue', number: 1 });
  expect(harness.client.events.map(({ type }) => type).slice(-2)).toEqual(['run-finished', 'owner-changed']);
  expect([offers(), harness.client.text.trim()]).toEqual([[], 'That is all I know.']);
});

it('an answer in which a person was asked for offers none', async () => {
  tool = createScriptedTool();
  harness = await ToolHarness.open({ tools: [tool], desk: {} });
  void harness.sendMessage();
  const scene = await harness.scene();
  emitToolCall(scene, { city: 'Oslo' });
  emitToolCall(scene, {}, { callId: 'call-2', name: 'request_person' });
  scene.finish('tool');
  (await tool.next()).resolve(new ToolResult(null, { found: false }));
  (await harness.scene()).finish();
  await harness.client.received('owner-changed');
  expect(offers()).toEqual([]);
});
