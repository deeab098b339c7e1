import { expect, it, vi } from 'vitest';
import { ChatError } from '@rivulet/protocol';
import type { TextListener } from '../../moderation/moderation.ts';
import type { ModeratedKind } from '../../moderation/moderator.ts';
import type { Content } from '../reply.ts';
import { createModerationGate } from './moderation-gate.ts';

/** A gate whose moderation the test speaks for. */
const createGate = () => {
  const texts: { kind: ModeratedKind; listener: TextListener; text: string }[] = [];
  const written: Content[] = [];
  const controller = new AbortController();
  const write = vi.fn((contents: readonly Content[]) => {
    written.push(...contents);
    return undefined as 'max-answer-chars' | undefined;
  });
  const gate = createModerationGate({
    moderation: {
      shownText: 'keep',
      check: () => Promise.resolve(),
      open: (kind, listener) => {
        const one = { kind, listener, text: '' };
        texts.push(one);
        return { push: (piece) => void (one.text += piece), end: () => undefined };
      },
    },
    signal: controller.signal,
    write,
  });
  return { gate, texts, written, write, controller };
};
const text = (words: string): Content => ({ type: 'text-delta', text: words });

it('shows the part of a delta that has passed, and the rest when it has', () => {
  const { gate, texts, written } = createGate();
  gate.take([text('Hello'), text(' there')]);
  expect(written).toEqual([]);
  texts[0]?.listener.passed(7);
  expect(written).toEqual([text('Hello'), text(' t')]);
  texts[0]?.listener.passed(11);
  expect(written.at(-1)).toEqual(text('here'));
});

it('cuts no surrogate pair, also when a moderator does', () => {
  const { gate, texts, written } = createGate();
  gate.take([text('a😀b')]);
  texts[0]?.listener.passed(2);
  expect(written).toEqual([text('a')]);
  texts[0]?.listener.passed(4);
  expect(written).toEqual([text('a'), text('😀b')]);
});

it('shows nothing before what stands in front of it', () => {
  const { gate, texts, written } = createGate();
  gate.take([text('first'), { type: 'reasoning-delta', text: 'second' }]);
  texts[1]?.listener.passed(6);
  expect(written).toEqual([]);
  texts[0]?.listener.passed(5);
  expect(written).toEqual([text('first'), { type: 'reasoning-delta', text: 'second' }]);
});

it('moderates the texts of a tool call when it is complete, and shows nothing of it before', async () => {
  const { gate, texts, written } = createGate();
  const delta = (words: string): Content => ({ type: 'tool-call-delta', callId: 'c', text: words });
  gate.take([{ type: 'tool-call-started', callId: 'c', name: 'find' }, delta('{"q":"\\u00'), delta('e4"}')]);
  const ended = gate.end();
  expect(texts).toMatchObject([{ kind: 'tool-input', text: 'find\nq\nä' }]);
  expect(written).toEqual([]);
  texts[0]?.listener.passed('find\nq\nä'.length);
  await ended;
  expect(written).toHaveLength(3);
});

it('makes the upstream wait when more than 64 Ki characters are held', async () => {
  const { gate, texts } = createGate();
  gate.take([text('x'.repeat(65_536))]);
  expect(gate.room()).toBeUndefined();
  gate.take([text('y')]);
  const room = gate.room();
  texts[0]?.listener.passed(65_537);
  await room;
  expect(gate.room()).toBeUndefined();
});

it('divides a text of which too much is held, and moderates its second part with the end of the first one', () => {
  const { gate, texts, written } = createGate();
  const first = `${'word '.repeat(13_200)}forbid`;
  gate.take([text(first)]);
  gate.take([text('den fruit')]);
  expect(texts).toHaveLength(2);
  expect(texts[1]?.text).toMatch(/^( word)+ forbidden fruit$/);
  const before = (texts[1]?.text.length ?? 0) - 'den fruit'.length;
  texts[0]?.listener.passed(first.length);
  texts[1]?.listener.passed(before - 10);
  expect(written).toEqual([text(first)]);
  texts[1]?.listener.passed(before + 3);
  expect(written.at(-1)).toEqual(text('den'));
  gate.take([{ type: 'reasoning-delta', text: 'Hm' }, text('New')]);
  expect(texts.slice(2).map((one) => one.text)).toEqual(['Hm', 'New']);
});

it('divides the input of a call likewise, also within an escape', () => {
  const { gate, texts } = createGate();
  const delta = (words: string): Content => ({ type: 'tool-call-delta', callId: 'c', text: words });
  const first = `{"q":"${'word '.repeat(13_200)}forb\\u00`;
  gate.take([{ type: 'tool-call-started', callId: 'c', name: 'find' }, delta(first)]);
  gate.take([delta('69dden"}')]);
  void gate.end();
  expect(texts).toHaveLength(2);
  expect(texts[1]?.text).toMatch(/^( word)+ forbidden"}$/);
});

it('makes the upstream wait for sources and data that are held', async () => {
  const { gate, texts } = createGate();
  const data: Content = { type: 'data', name: 'card', value: 'x'.repeat(40_000) };
  gate.take([data, { type: 'source', sourceId: 's', title: 'T', excerpt: 'x'.repeat(40_000) }]);
  const room = gate.room();
  expect(room).toBeInstanceOf(Promise);
  texts[0]?.listener.passed(texts[0].text.length);
  await room;
});

it('shows nothing more after a block, ends the request, and still counts what was received', async () => {
  const { gate, texts, written } = createGate();
  gate.take([text('Hello there')]);
  texts[0]?.listener.passed(5);
  texts[0]?.listener.refused(new ChatError('content-blocked'));
  texts[0]?.listener.passed(11);
  gate.take([text('more')]);
  await gate.end();
  expect(written).toEqual([text('Hello')]);
  expect(gate.signal.aborted).toBe(true);
  expect(gate.stopped).toMatchObject({ kind: 'refused', error: { code: 'content-blocked' } });
  expect(gate.unwritten()).toEqual([{ type: 'text', text: ' theremore' }]);
});

it('ends the request when the answer reaches its limit', () => {
  const { gate, texts, write } = createGate();
  write.mockReturnValueOnce('max-answer-chars');
  gate.take([text('Hello')]);
  texts[0]?.listener.passed(5);
  expect(gate.stopped).toEqual({ kind: 'limit', limit: 'max-answer-chars' });
  expect(gate.signal.aborted).toBe(true);
});

it('shows nothing more when the run is aborted, and waits for nothing', async () => {
  const { gate, texts, written, controller } = createGate();
  gate.take([text('Hello')]);
  const ended = gate.end();
  controller.abort(new ChatError('interrupted'));
  texts[0]?.listener.passed(5);
  await expect(ended).rejects.toMatchObject({ code: 'interrupted' });
  expect(written).toEqual([]);
});
