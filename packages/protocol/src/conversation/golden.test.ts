import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeEvents, encodeFrame } from '../codec/codec.ts';
import { isLogged } from '../schemas/events.ts';
import { LoggedEventSchema, type LoggedEvent } from '../schemas/logged-events.ts';
import { fold } from './fold.ts';
import { mergeDeltas } from './merge.ts';
import { emptyConversation, type Conversation } from '../schemas/message.ts';
import { createRandom } from '../testing/random-value.ts';
import { parseTranscript, replayTranscript } from '../testing/transcript.ts';

const folder = new URL('../../golden/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.ndjson'));
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');

/** The events as the gateway sent them, also those that this reader does not know. */
function rawEvents(ndjson: string): unknown[] {
  const lines = ndjson.split('\n').filter((line) => line !== '');
  return lines
    .map((line) => JSON.parse(line) as { event?: unknown })
    .flatMap(({ event }) => (event === undefined ? [] : [event]));
}

/** Cuts into frames: `size(index)` events in each. */
function framesOf(raw: readonly unknown[], size: () => number): string[] {
  const frames: string[] = [];
  for (let at = 0; at < raw.length;) {
    const group = raw.slice(at, at + size());
    frames.push(JSON.stringify(group.length === 1 ? group[0] : group));
    at += group.length;
  }
  return frames;
}

const foldFrames = (state: Conversation, frames: readonly string[]): Conversation => {
  const events = frames.flatMap((frame) => decodeEvents(frame).items.filter(isLogged));
  return replayTranscript(state, events).conversation;
};

function freeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(freeze);
  return Object.freeze(value);
}

const viaJson = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

it('finds the transcripts', () => {
  expect(names.length).toBeGreaterThanOrEqual(11);
});

it('holds every logged event in some transcript', () => {
  const types = new Set(names.flatMap((name) => parseTranscript(read(name)).events.map(({ type }) => type)));
  for (const { entries } of LoggedEventSchema.options) expect(types).toContain(entries.type.literal);
});

describe.each(names)('%s', (name) => {
  const ndjson = read(name);
  const { events, state } = parseTranscript(ndjson);
  const cuts = Array.from({ length: events.length + 1 }, (_, cut) => cut);

  it('folds to the recorded state', () => {
    expect(replayTranscript(state, events).conversation).toEqual(state);
  });

  it('holds a log without a gap, from 1', () => {
    const places = events.map((event) => [event.first ?? event.seq, event.seq] as const);
    expect(places.map(([first]) => first)).toEqual([1, ...places.slice(0, -1).map(([, seq]) => seq + 1)]);
  });

  it('folds to the same state when the viewer resumes at any cut (invariants 5, 6)', () => {
    for (const cut of cuts) {
      const before = replayTranscript(state, events.slice(0, cut));
      expect(replayTranscript(state, events.slice(cut), before).conversation).toEqual(state);
    }
  });

  it('folds to the same state from a snapshot at any cut (invariant 6)', () => {
    for (const cut of cuts) {
      const snapshot = viaJson(replayTranscript(state, events.slice(0, cut)));
      expect(replayTranscript(state, events.slice(cut), snapshot).conversation).toEqual(state);
    }
  });

  it('folds to the same state when the rest after any cut is merged (invariants 5, 6)', () => {
    for (const cut of cuts) {
      const before = replayTranscript(state, events.slice(0, cut));
      const rest = mergeDeltas(events.slice(cut));
      expect(replayTranscript(state, rest, before).conversation).toEqual(state);
    }
  });

  it('folds to the same state when a merged replay begins before the viewer (invariant 5)', () => {
    const all = mergeDeltas(events);
    for (const cut of cuts) {
      const before = replayTranscript(state, events.slice(0, cut));
      expect(replayTranscript(state, all, before).conversation).toEqual(state);
    }
  });

  it('changes nothing when everything comes again (invariant 5)', () => {
    const view = replayTranscript(state, events);
    expect(replayTranscript(state, events, view)).toBe(view);
  });

  it('folds without changing a state or an event in place', () => {
    const empty = freeze(emptyConversation(state.id, state.createdAtMs));
    const folded = events.reduce((before, event) => freeze(fold(before, freeze(viaJson(event)))), empty);
    expect(folded).toEqual(state);
  });

  it('keeps the same reference when the last event comes twice (invariant 5)', () => {
    let conversation = emptyConversation(state.id, state.createdAtMs);
    for (const event of events) {
      conversation = fold(conversation, event);
      expect(fold(conversation, event)).toBe(conversation);
    }
  });

  it('folds to the same state when any stretch up to it comes again, even past the positions (invariant 5)', () => {
    for (const end of cuts) {
      const { conversation } = replayTranscript(state, events.slice(0, end));
      for (const start of cuts.slice(0, end))
        expect(events.slice(start, end).reduce(fold, conversation)).toEqual(conversation);
    }
  });

  it('folds to the same state however the events are grouped into frames', () => {
    const raw = rawEvents(ndjson);
    for (let size = 1; size <= raw.length; size += 1)
      expect(
        foldFrames(
          state,
          framesOf(raw, () => size),
        ),
      ).toEqual(state);
    for (let seed = 0; seed < 50; seed += 1) {
      const random = createRandom(seed);
      expect(
        foldFrames(
          state,
          framesOf(raw, () => 1 + Math.floor(random() * 6)),
        ),
      ).toEqual(state);
    }
  });

  it('survives being encoded again by this version', () => {
    const again: LoggedEvent[] = decodeEvents(encodeFrame(events)).items.filter(isLogged);
    expect(again).toEqual(events);
  });
});
