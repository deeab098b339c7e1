import { bodyOf, ChatError, type FinishReason, type ToolPart } from '@rivulet/protocol';
import { asSchema, uiMessageChunkSchema } from 'ai';
import { expect, it } from 'vitest';
import { sampleAnswer } from '../../testing/samples.ts';
import type { AnswerStep } from '../answer-steps.ts';
import {
  chunksOfStep,
  errorChunk,
  PAUSE_CHUNKS,
  startChunks,
  type UiMessageChunk,
} from './ui-message-chunks.ts';

const call = (state: ToolPart['state'], more: Partial<ToolPart> = {}): ToolPart => ({
  type: 'tool',
  callId: 'k',
  name: 'weather',
  state,
  inputText: '{"city":"Oslo"}',
  input: { city: 'Oslo' },
  ...more,
});
const finishedRun = (reason: FinishReason, error?: ChatError): AnswerStep => ({
  kind: 'finished',
  run: {
    id: sampleAnswer().run!.id,
    state: 'finished',
    startedAtMs: 1,
    reason,
    ...(error === undefined ? {} : { error: bodyOf(error) }),
  },
});
const overloaded = new ChatError('upstream-overloaded', { ref: 'abc' });

const STEPS: [AnswerStep, UiMessageChunk[]][] = [
  [{ kind: 'text-started', index: 0, of: 'text' }, [{ type: 'text-start', id: '0' }]],
  [{ kind: 'text-grown', index: 0, of: 'text', text: 'a' }, [{ type: 'text-delta', id: '0', delta: 'a' }]],
  [{ kind: 'text-ended', index: 0, of: 'text' }, [{ type: 'text-end', id: '0' }]],
  [{ kind: 'text-started', index: 1, of: 'reasoning' }, [{ type: 'reasoning-start', id: '1' }]],
  [
    { kind: 'text-grown', index: 1, of: 'reasoning', text: 'b' },
    [{ type: 'reasoning-delta', id: '1', delta: 'b' }],
  ],
  [{ kind: 'text-ended', index: 1, of: 'reasoning' }, [{ type: 'reasoning-end', id: '1' }]],
  [
    { kind: 'tool-started', call: call('input') },
    [{ type: 'tool-input-start', toolCallId: 'k', toolName: 'weather', providerExecuted: true }],
  ],
  [
    { kind: 'tool-input-grown', call: call('input'), text: '{' },
    [{ type: 'tool-input-delta', toolCallId: 'k', inputTextDelta: '{' }],
  ],
  [
    { kind: 'tool-called', call: call('called') },
    [
      {
        type: 'tool-input-available',
        toolCallId: 'k',
        toolName: 'weather',
        input: { city: 'Oslo' },
        providerExecuted: true,
      },
    ],
  ],
  [
    { kind: 'approval-requested', call: call('approval-requested') },
    [{ type: 'tool-approval-request', approvalId: 'k', toolCallId: 'k' }],
  ],
  [
    { kind: 'approval-given', call: call('approved'), decision: 'approve' },
    [{ type: 'tool-approval-response', approvalId: 'k', approved: true, providerExecuted: true }],
  ],
  [
    { kind: 'tool-ended', call: call('finished', { output: { degrees: 21 } }) },
    [{ type: 'tool-output-available', toolCallId: 'k', output: { degrees: 21 }, providerExecuted: true }],
  ],
  [{ kind: 'tool-ended', call: call('refused') }, [{ type: 'tool-output-denied', toolCallId: 'k' }]],
  [
    { kind: 'tool-ended', call: call('failed', { error: bodyOf(new ChatError('upstream-timeout')) }) },
    [
      {
        type: 'tool-output-error',
        toolCallId: 'k',
        errorText: 'The model did not answer in time; try again.',
        providerExecuted: true,
      },
    ],
  ],
  [
    { kind: 'tool-ended', call: call('failed', { input: undefined, inputText: '{' }) },
    [
      {
        type: 'tool-input-error',
        toolCallId: 'k',
        toolName: 'weather',
        providerExecuted: true,
        input: '{',
        errorText: 'Something went wrong in the gateway; try again.',
      },
    ],
  ],
  [
    {
      kind: 'part-added',
      index: 2,
      part: { type: 'source', sourceId: 's', title: 'T', url: 'https://a.example' },
    },
    [{ type: 'source-url', sourceId: 's', url: 'https://a.example', title: 'T' }],
  ],
  [
    { kind: 'part-added', index: 2, part: { type: 'source', sourceId: 's', title: 'T' } },
    [{ type: 'source-document', sourceId: 's', mediaType: 'text/plain', title: 'T' }],
  ],
  [
    { kind: 'part-added', index: 3, part: { type: 'data', name: 'card', value: { title: 'Chair' } } },
    [{ type: 'data-card', id: '3', data: { title: 'Chair' } }],
  ],
  [
    {
      kind: 'part-added',
      index: 4,
      part: { type: 'file', fileId: 'f', name: 'a.png', mediaType: 'image/png', sizeBytes: 1, url: '/a.png' },
    },
    [{ type: 'file', url: '/a.png', mediaType: 'image/png' }],
  ],
  [{ kind: 'withdrawn' }, [{ type: 'reset-step' }]],
  [finishedRun('stop'), [{ type: 'finish-step' }, { type: 'finish', finishReason: 'stop' }]],
  [finishedRun('length'), [{ type: 'finish-step' }, { type: 'finish', finishReason: 'length' }]],
  [
    finishedRun('aborted'),
    [
      { type: 'abort', reason: 'stopped' },
      { type: 'finish-step' },
      { type: 'finish', finishReason: 'interrupted' },
    ],
  ],
  [
    finishedRun('error', overloaded),
    [{ type: 'error', errorText: 'The model is overloaded; try again in a moment. (abc)' }],
  ],
  [
    finishedRun('interrupted'),
    [{ type: 'error', errorText: 'The gateway was restarted while the answer was written; try again.' }],
  ],
  [
    finishedRun('blocked'),
    [{ type: 'error', errorText: 'The content was blocked by a policy; change it and send again.' }],
  ],
];

it.each(STEPS)('the step %j is its chunks', (step, chunks) => {
  expect(chunksOfStep(step)).toEqual(chunks);
});

it('has only chunks that the AI SDK reads', async () => {
  const chunks = [
    ...startChunks('m_1', 'begun', 'a token'),
    ...startChunks('m_1', 'continued', undefined),
    ...STEPS.flatMap(([step]) => chunksOfStep(step)),
    ...PAUSE_CHUNKS,
    errorChunk(bodyOf(overloaded)),
  ];
  for (const value of chunks) {
    const read = await asSchema(uiMessageChunkSchema).validate?.(value);
    expect(read, JSON.stringify(value)).toMatchObject({ success: true });
  }
});

it('begins an answer with a step, unless the client has that step', () => {
  const types = (chunks: UiMessageChunk[]) => chunks.map(({ type }) => type);
  expect(types(startChunks('m_1', 'begun', undefined))).toEqual(['start', 'start-step']);
  expect(types(startChunks('m_1', 'continued', undefined))).toEqual(['start']);
  expect(types(startChunks('m_1', 'begun', 'token'))).toEqual(['start', 'data-rivulet-token', 'start-step']);
});
