/** The tool by which the model asks for a person: when the owner changes, what the model is told, and who else is at work meanwhile. */
import { ChatError, type ConversationOwner } from '@rivulet/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { UpstreamError } from '../providers/upstream-error.ts';
import type { Site } from '../sites/sites.ts';
import type { Scene } from '../testing/script-provider.ts';
import { createScriptedTool } from '../testing/scripted-tool.ts';
import { createTwoNodes, ONE_NODE, type Service } from '../testing/start-nodes.ts';
import { emitToolCall, toolResultsIn, ToolHarness } from '../testing/tool-harness.ts';

const ADA = { id: 'ada', name: 'Ada' };
const CALL = { callId: 'call-1', name: 'request_person' };

let harness: ToolHarness;
afterEach(() => harness.nodes.stop());

/** A site with a desk, whose model has asked for a person. @returns its last round */
async function openAsking(site: Partial<Site> = {}, service: Service = ONE_NODE): Promise<Scene> {
  harness = await ToolHarness.open({ desk: {}, ...site }, { service });
  await harness.sendMessageAndCall({}, CALL);
  return harness.scene();
}
const toolsOf = ({ request: { tools = [] } }: Scene) => tools.map(({ name }) => name);
const events = () => harness.client.events.map(({ type }) => type);
const owners = (): ConversationOwner[] =>
  harness.client.events.flatMap((event) => (event.type === 'owner-changed' ? [event.owner] : []));
const ended = () => harness.client.received('owner-changed');

describe.each([ONE_NODE, createTwoNodes()])(
  'the model asks for a person: $name',
  { timeout: 30_000 },
  (service) => {
    beforeAll(() => service.prepare(), 60_000);
    afterAll(() => service.dispose(), 60_000);

    it('it is told whether somebody is there, ends its answer, and the owner changes after the end', async () => {
      const last = await openAsking({}, service);
      expect([toolResultsIn(last), last.request.toolChoice]).toEqual([[{ isSomebodyThere: false }], 'none']);
      last.emitText('Somebody of the team ', 'will answer.');
      last.finish();
      const { owner } = await ended();
      expect(owner).toMatchObject({ kind: 'queue', number: 1, isAway: true });
      expect(events().slice(-2)).toEqual(['run-finished', 'owner-changed']);
      expect(harness.client.text).toContain('will answer.');
      expect(await harness.reason()).toBe('stop');
      const answer = await harness.sendMessage();
      expect(answer).toMatchObject({ type: 'accepted' });
      expect(answer).not.toHaveProperty('runId');
    });

    it('a message that the visitor sends meanwhile is for the person', async () => {
      const last = await openAsking({}, service);
      const answer = await harness.sendMessage();
      expect([answer.type, 'runId' in answer]).toEqual(['accepted', false]);
      last.finish();
      await ended();
      expect(harness.client.view?.conversation.messages.map(({ role }) => role)).toEqual([
        'user',
        'assistant',
        'user',
      ]);
    });

    it('somebody who takes the conversation meanwhile ends the answer, and no word follows', async () => {
      const last = await openAsking({}, service);
      last.emitText('Somebody ');
      await harness.client.until(() => harness.client.text.includes('Somebody'));
      const taken = harness.nodes.other.gateway.desk.takeOver(harness.conversationId, ADA);
      await expect.poll(() => last.signal.aborted).toBe(true);
      last.emitText('too late');
      expect((await taken).owner).toMatchObject({ kind: 'person', number: 2 });
      await harness.client.until(() => owners().some(({ kind }) => kind === 'person'));
      expect(events().at(-1)).toBe('owner-changed');
      expect(harness.client.text).not.toContain('too late');
      expect(
        owners()
          .map(({ number }) => number)
          .at(-1),
      ).toBe(2);
    });

    it('somebody to whom it is given on meanwhile is announced after the end', async () => {
      const last = await openAsking({}, service);
      const { desk } = harness.nodes.other.gateway;
      await desk.takeOver(harness.conversationId, ADA);
      expect(last.signal.aborted).toBe(true);
      await desk.transfer(harness.conversationId, ADA, { id: 'bob', name: 'Bob' });
      await harness.client.until(() => owners().at(-1)?.person?.name === 'Bob');
      expect(events().filter((type) => type === 'run-finished')).toHaveLength(1);
    });

    it('a visitor who asks as well ends the answer, and waits once', async () => {
      const last = await openAsking({}, service);
      const { client, conversationId } = harness;
      const answer = await client.answer(client.send({ type: 'request-person', conversationId }));
      expect([answer.type, last.signal.aborted]).toEqual(['accepted', true]);
      await ended();
      expect(new Set(owners().map(({ number }) => number))).toEqual(new Set([1]));
      expect(await harness.reason()).toBe('aborted');
    });
  },
);

it('asking twice in one answer changes nothing', async () => {
  harness = await ToolHarness.open({ desk: {} });
  void harness.sendMessage();
  const scene = await harness.scene();
  emitToolCall(scene, {}, CALL);
  emitToolCall(scene, {}, { ...CALL, callId: 'call-2' });
  scene.finish('tool');
  const last = await harness.scene();
  expect(toolResultsIn(last)).toEqual([{ isSomebodyThere: false }, { isSomebodyThere: false }]);
  last.finish();
  expect((await ended()).owner.number).toBe(1);
});

it.each<[string, (last: Scene) => unknown, string]>([
  ['is stopped', () => harness.abort(), 'aborted'],
  [
    'fails',
    (last) => {
      last.fail(new ChatError('upstream-failed'));
    },
    'error',
  ],
  [
    'calls a tool all the same',
    (last) => {
      emitToolCall(last, {}, { callId: 'call-3', name: 'weather' });
      last.finish('tool');
    },
    'stop',
  ],
])('an answer that %s afterwards ends, and the conversation waits', async (_how, act, reason) => {
  const tool = createScriptedTool();
  const last = await openAsking({ tools: [tool] });
  await act(last);
  expect((await ended()).owner.kind).toBe('queue');
  expect([await harness.reason(), tool.count]).toEqual([reason, 0]);
});

it('with the approval of the visitor, where the site says so; a refused call changes nothing', async () => {
  harness = await ToolHarness.open({ desk: { requestPersonTool: 'ask' } });
  await harness.sendMessageAndCall({}, CALL);
  await harness.waitForState('approval-requested');
  await harness.sendApproval({ decision: 'refuse' });
  const second = await harness.scene();
  expect([toolResultsIn(second), second.request.toolChoice]).toEqual([
    [{ error: 'The user refused this call.' }],
    'auto',
  ]);
  emitToolCall(second, {}, { ...CALL, callId: 'call-2' });
  second.finish('tool');
  await harness.client.until(() => harness.part?.state === 'refused');
  const asked = () =>
    harness.client.view?.conversation.messages
      .at(-1)
      ?.parts.findLast((part) => part.type === 'tool' && part.state === 'approval-requested');
  await harness.client.until(() => asked() !== undefined, 'the second request');
  expect(owners()).toEqual([]);
  const part = asked();
  await harness.sendApproval({ callId: part?.type === 'tool' ? part.callId : '' });
  (await harness.scene()).finish();
  expect((await ended()).owner.kind).toBe('queue');
});

it.each<[string, Partial<Site>, string[]]>([
  ['a site without a desk', {}, []],
  ['a site that says so', { desk: { requestPersonTool: 'off' } }, []],
  ['a site with a desk', { desk: {} }, ['request_person']],
])('the tools of %s', async (_name, site, names) => {
  harness = await ToolHarness.open(site);
  void harness.sendMessage();
  const scene = await harness.scene();
  expect(toolsOf(scene)).toEqual(names);
  scene.finish();
});

it('a tool of the site with the same name takes its place', async () => {
  const own = createScriptedTool({ name: 'request_person' });
  harness = await ToolHarness.open({ desk: {}, tools: [own] });
  void harness.sendMessageAndCall({ city: 'Oslo' }, CALL);
  const call = await own.next();
  expect(await call.context.requestPerson?.()).toEqual({ isSomebodyThere: false }); // it may ask as well
  call.resolve('asked');
  const last = await harness.scene();
  expect([toolResultsIn(last), last.request.toolChoice]).toEqual([['asked'], 'auto']);
  last.finish();
  expect((await ended()).owner.kind).toBe('queue');
});

it('a model that takes no tools is asked without it, also the next time', async () => {
  harness = await ToolHarness.open({ desk: {} });
  const facts = { host: 'upstream.example', model: 'small', words: 'small does not support tools' };
  const cause = new UpstreamError({ status: 400, ...facts });
  void harness.sendMessage();
  (await harness.scene()).fail(new ChatError('upstream-unconfigured', { cause }));
  const again = await harness.scene();
  expect(toolsOf(again)).toEqual([]);
  again.emitText('An answer.');
  again.finish();
  await harness.reason();
  void harness.sendMessage();
  const next = await harness.scene();
  expect(toolsOf(next)).toEqual([]);
  next.finish();
});
