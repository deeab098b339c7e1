import type { ErrorCode, Message, MessageId, Run } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { buildContextWindow } from './context-window.ts';
import { estimateTokens } from './estimate-tokens.ts';

const message = (id: string, parent: string | null, text: string): Message => ({
  id: id as MessageId,
  role: id.startsWith('m_q') ? 'user' : 'assistant',
  parentId: parent as MessageId | null,
  parts: text === '' ? [] : [{ type: 'text', text }],
  createdAtMs: 0,
});
const ended = (message: Message, reason: Run['reason'], code?: ErrorCode): Message => ({
  ...message,
  run: {
    id: 'r_1' as Run['id'],
    state: 'finished',
    startedAtMs: 0,
    ...(reason === undefined ? {} : { reason }),
    ...(code === undefined ? {} : { error: { code, message: '', retry: 'new' } }),
  },
});
const texts = (messages: Message[], question: string, maxTokens = 1000, systemPrompt?: string) =>
  buildContextWindow(messages, question as MessageId, { systemPrompt, maxTokens }).map(
    ({ role, text }) => `${role}: ${text}`,
  );

const CHAT = [
  message('m_q1', null, 'one'),
  message('m_a1', 'm_q1', 'first'),
  message('m_a1b', 'm_q1', 'other first'),
  message('m_q2', 'm_a1', 'two'),
  message('m_a2', 'm_q2', ''),
];

describe('the context of a run', () => {
  it('is the branch that ends with the question, oldest first, without siblings', () => {
    expect(texts(CHAT, 'm_q2')).toEqual(['user: one', 'assistant: first', 'user: two']);
  });

  it('starts with the system prompt of the site', () => {
    expect(texts(CHAT, 'm_q1', 1000, 'be kind')).toEqual(['system: be kind', 'user: one']);
  });

  it('joins a question that got no answer with the next one (G04)', () => {
    const failed = [...CHAT, message('m_q3', 'm_a2', 'three')];
    expect(texts(failed, 'm_q3')).toEqual(['user: one', 'assistant: first', 'user: two\n\nthree']);
  });

  it.each<[Run['reason'], ErrorCode | undefined]>([
    ['blocked', 'content-blocked'],
    ['blocked', undefined],
    ['error', 'content-blocked'],
    ['error', 'context-length'],
  ])('leaves out a question that was refused for its content: %s, %s (G04)', (reason, code) => {
    const refused = ended(message('m_a2', 'm_q2', 'some'), reason, code);
    const chat = [...CHAT.slice(0, 4), refused, message('m_q3', 'm_a2', 'three')];
    expect(texts(chat, 'm_q3')).toEqual(['user: one', 'assistant: first', 'user: three']);
  });

  it('keeps the beginning of an answer that was stopped or failed (G04)', () => {
    const cut = ended(message('m_a2', 'm_q2', 'sec'), 'error', 'upstream-stalled');
    const chat = [...CHAT.slice(0, 4), cut, message('m_q3', 'm_a2', 'three')];
    expect(texts(chat, 'm_q3').slice(-2)).toEqual(['assistant: sec', 'user: three']);
  });

  it('keeps a greeting that begins the conversation, but no answer whose question was dropped (G04)', () => {
    const chat = [message('m_a1', null, 'Hello!'), message('m_q1', 'm_a1', 'Hi')];
    expect(texts(chat, 'm_q1').slice(-2)).toEqual(['assistant: Hello!', 'user: Hi']);
    expect(texts(CHAT.slice(1), 'm_q2')).toEqual(['user: two']);
  });

  it('drops the oldest messages over the budget, never starts with an answer, and always keeps the question', () => {
    expect(texts(CHAT, 'm_q2', 14)).toEqual(['user: two']);
    expect(texts(CHAT, 'm_q2', 1, 'a long prompt')).toEqual(['system: a long prompt', 'user: two']);
  });

  it.each([
    ['Chinese', '港口早上六点开放。'],
    ['Arabic', 'يفتح الميناء في الساعة السادسة صباحًا. '],
    ['emoji', '👩‍👩‍👧🇳🇴🚢'],
    ['code', 'for(let i=0;i<n;i++){a[i]=b[i]^0x1f;}\n'],
  ])('counts %s by its own rate, not by that of English', (_script, sentence) => {
    const ids = Array.from({ length: 40 }, (_, n) => `m_q${n}`);
    const chat = ids.map((id, n) => message(id, ids[n - 1] ?? null, sentence.repeat(5)));
    const [kept = ''] = texts(chat, 'm_q39', 1_000);
    expect(estimateTokens(kept)).toBeGreaterThan(500);
    expect(estimateTokens(kept)).toBeLessThan(1_000);
  });

  it('ends at a cycle of parents in a damaged store', () => {
    const loop = [message('m_q1', 'm_a1', 'one'), message('m_a1', 'm_q1', 'first')];
    expect(texts(loop, 'm_q1')).toEqual(['user: one']);
  });
});
