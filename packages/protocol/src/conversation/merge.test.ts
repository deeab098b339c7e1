import { describe, expect, it } from 'vitest';
import { isDelta } from '../schemas/events.ts';
import type { DeltaEvent, LoggedEvent } from '../schemas/logged-events.ts';
import type { ConversationId, MessageId, RunId } from '../schemas/ids.ts';
import { mergeDeltas } from './merge.ts';
import { emptyConversation } from '../schemas/message.ts';
import { answerOf, createLogWriter, questionOf } from '../testing/log-writer.ts';
import { createRandom } from '../testing/random-value.ts';
import { replayTranscript } from '../testing/transcript.ts';

const conversationId = 'c_merge0001' as ConversationId; // of the pattern; the writer validates
const question = 'm_question1' as MessageId;
const answer = { runId: 'r_running1' as RunId, messageId: 'm_answer01' as MessageId, startedAtMs: 1 };

function logOf(pieces: readonly string[]): readonly LoggedEvent[] {
  const log = createLogWriter(conversationId);
  log.add(questionOf(question, 'Hello?'), ...answerOf({ ...answer, parentId: question, pieces }));
  return log.events;
}

const placesOf = (events: readonly LoggedEvent[]) => events.map(({ first, seq }) => [first ?? seq, seq]);
const delta = (fields: Partial<DeltaEvent>): LoggedEvent => {
  const whole = { type: 'text-delta', seq: 1, partId: 'm_answer01.0', at: 0, text: 'ab', ...fields };
  return whole as DeltaEvent; // `fields` may change the type to a kin of the same shape
};

describe('mergeDeltas', () => {
  it('joins the deltas of a part into one that names its first and its last place', () => {
    const merged = mergeDeltas(logOf(['Hel', 'lo ', '👋']));
    expect(merged.filter(isDelta)).toEqual([
      { type: 'text-delta', seq: 6, first: 4, partId: 'm_answer01.0', at: 0, text: 'Hello 👋' },
    ]);
  });

  it('leaves a lone delta as it is, without `first`', () => {
    const events = logOf(['Hello']);
    expect(mergeDeltas(events)).toEqual(events);
  });

  it.each([
    ['another part', { partId: 'm_answer01.1' as DeltaEvent['partId'] }],
    ['another kind', { type: 'reasoning-delta' as const }],
    ['a place that is not the next', { seq: 3 }],
    ['an offset that is not the next', { at: 3 }],
    ['an offset that overlaps', { at: 1 }],
  ])('keeps apart what has %s', (_, fields) => {
    const two = [delta({}), delta({ seq: 2, at: 2, ...fields })];
    expect(mergeDeltas(two)).toEqual(two);
  });

  it('merges what was merged before', () => {
    const events = logOf(Array.from('abcdefghij'));
    const halves = [...mergeDeltas(events.slice(0, 7)), ...mergeDeltas(events.slice(7))];
    expect(mergeDeltas(halves)).toEqual(mergeDeltas(events));
  });

  it('leaves no gap, and folds to the same state at every cut (invariants 5, 6)', () => {
    const random = createRandom(3);
    const events = logOf(Array.from({ length: 60 }, () => 'x👋yz'.slice(0, 1 + Math.floor(random() * 4))));
    const state = replayTranscript(emptyConversation(conversationId, 1), events).conversation;
    for (let cut = 0; cut <= events.length; cut += 1) {
      const merged = [...mergeDeltas(events.slice(0, cut)), ...mergeDeltas(events.slice(cut))];
      const places = placesOf(merged);
      expect(places.map(([first]) => first)).toEqual([
        1,
        ...places.slice(0, -1).map(([, seq]) => (seq ?? 0) + 1),
      ]);
      expect(replayTranscript(state, merged).conversation).toEqual(state);
    }
  });

  it('costs one pass: 200,000 deltas read each text once', () => {
    let reads = 0;
    const count = 200_000;
    const events = Array.from({ length: count }, (_, index) => {
      const event = { ...delta({ seq: index + 1, at: index }) };
      Object.defineProperty(event, 'text', { enumerable: true, get: () => ((reads += 1), 'x') });
      return event;
    });
    expect(mergeDeltas(events)).toHaveLength(1);
    // Once to see whether the next continues, once to join, once as the head is copied.
    expect(reads).toBeLessThanOrEqual(2 * count + 1);
  });
});
