/** Invariants 5 and 6: every viewer comes to the same state, live, again or anew. */
import { testsOf, type Invariant } from './break.ts';

const fold = testsOf('packages/protocol/src/conversation/fold.test.ts');
const view = testsOf('packages/protocol/src/conversation/view.test.ts');
const merge = testsOf('packages/protocol/src/conversation/merge.test.ts');
const golden = testsOf('packages/protocol/src/conversation/golden.test.ts');
const whole = testsOf('packages/gateway/src/providers/whole-characters.test.ts');
const join = testsOf('packages/gateway/src/sessions/join.test.ts');
const reply = testsOf('packages/gateway/src/runs/reply.test.ts');
const viewer = testsOf('packages/gateway/src/sessions/viewer.test.ts');
const resume = testsOf('packages/gateway/src/sessions/resume.test.ts');
const followed = testsOf('packages/widget/src/client/conversation/conversation.test.ts');
const chat = testsOf('packages/widget/src/client/chat-client.test.ts');
const random = testsOf('packages/widget/src/client/chat-client.random.test.ts');
const subscribe = testsOf(
  'packages/gateway/src/event-logs/memory.test.ts',
  'packages/gateway/src/testing/contracts/event-log-subscribe-contract.ts',
);
const JOINED =
  'joining at ${JOINS} points of a stream gives the same state as following it from the start (invariant 5)';

export const APPLIED_EXACTLY_ONCE: Invariant = {
  number: 5,
  says: 'Delivered at least once, applied exactly once; same position, same state',
  breaks: [
    {
      means: 'a delta is appended whole, whatever its offset',
      file: 'packages/protocol/src/conversation/fold.ts',
      edits: [["at > have.length ? '' : text.slice(have.length - at)", "at > have.length ? '' : text"]],
      caughtBy: fold('take from a delta at %i only what they lack, by UTF-16 units (invariant 5)'),
    },
    {
      means: 'a delta that begins beyond the end is appended all the same',
      file: 'packages/protocol/src/conversation/fold.ts',
      edits: [
        ["at > have.length ? '' : text.slice(have.length - at)", 'text.slice(Math.max(0, have.length - at))'],
      ],
      caughtBy: fold('never take a delta that begins beyond their end'),
    },
    {
      means: 'a message that comes again stands there twice',
      file: 'packages/protocol/src/conversation/fold.ts',
      edits: [['if (conversation.messages.some(({ id }) => id === message.id)) return conversation;', '']],
      caughtBy: golden(
        'folds to the same state when any stretch up to it comes again, even past the positions (invariant 5)',
      ),
    },
    {
      means: 'the last event is applied again when it comes again',
      file: 'packages/protocol/src/conversation/view.ts',
      edits: [['event.seq <= seq', 'event.seq < seq']],
      caughtBy: view('calls every earlier event a repeat (invariant 5)'),
    },
    {
      means: 'a surrogate pair that the upstream cut is sent on in two halves',
      file: 'packages/gateway/src/providers/whole-characters.ts',
      edits: [['const isCut = endsInHighSurrogate(text);', 'const isCut = false;']],
      caughtBy: whole('holds a first half back until the other comes'),
    },
    {
      means: 'every delta says that it begins its part',
      file: 'packages/gateway/src/runs/reply.ts',
      edits: [['at: part.text.length, text', 'at: 0, text']],
      caughtBy: reply('starts a part with its first words, and goes on with deltas at their offsets'),
    },
    {
      means: 'deltas of two parts are merged into one',
      file: 'packages/protocol/src/conversation/merge.ts',
      edits: [['last.partId === next.partId &&', '']],
      caughtBy: merge('keeps apart what has %s'),
    },
    {
      means: 'a snapshot is what the store has, without what the log has on top of it',
      file: 'packages/gateway/src/conversations/conversations.ts',
      edits: [['conversation: stateAt(stored, events)', 'conversation: stored']],
      caughtBy: join(JOINED),
    },
  ],
  alsoProvedBy: [
    golden('folds to the same state when the viewer resumes at any cut (invariants 5, 6)'),
    golden('folds to the same state when a merged replay begins before the viewer (invariant 5)'),
    golden('keeps the same reference when the last event comes twice (invariant 5)'),
    random(
      'with the line cut at random the view is the fold of the log, each message once and in order (seed %i)',
    ),
    testsOf('e2e/chaos.test.ts')(
      '${EMBEDDED.length} random histories on one gateway with SQLite and the memory log',
    ),
  ],
};

export const RESUMED_WHOLE: Invariant = {
  number: 6,
  says: 'Resuming is a merged replay or a snapshot, never part of either, and ends with `synced`',
  breaks: [
    {
      means: 'the epoch of the cursor is not compared',
      file: 'packages/gateway/src/sessions/resume.ts',
      edits: [["if (cursor.epoch !== head.epoch) return { mode: 'snapshot', why: 'epoch-changed' };", '']],
      caughtBy: resume('%s: a snapshot with its reason'),
    },
    {
      means: 'a replay of more than 500 events is sent',
      file: 'packages/gateway/src/sessions/resume.ts',
      edits: [['events.length > MAX_REPLAY_EVENTS || ', '']],
      caughtBy: resume('%s: a snapshot with its reason'),
    },
    {
      means: 'a replay of more than 256 KB is sent',
      file: 'packages/gateway/src/sessions/resume.ts',
      edits: [[' || JSON.stringify(events).length > MAX_REPLAY_BYTES', '']],
      caughtBy: resume('%s: a snapshot with its reason'),
    },
    {
      means: 'a replay does not end with `synced`',
      file: 'packages/gateway/src/sessions/viewer.ts',
      edits: [["{ type: 'synced', conversationId, ...kept.head },", '']],
      caughtBy: viewer('gets `synced` even when it missed nothing'),
      failsWith: 'timed out',
    },
    {
      means: 'the live events begin where the log is after the state was sent, not where the state was',
      file: 'packages/gateway/src/sessions/viewer.ts',
      edits: [
        [
          'eventLog.subscribe(conversationId, { after, signal })',
          'eventLog.subscribe(conversationId, { after: (await conversations.readKept(conversationId)).head, signal })',
        ],
      ],
      caughtBy: viewer('misses no event that is appended while %s is being sent'),
      failsWith: 'timed out',
    },
    {
      means: 'the second page of a snapshot is left out',
      file: 'packages/gateway/src/sessions/viewer.ts',
      edits: [
        [
          'const part: Conversation = { ...conversation, messages };',
          'if (page === 1) continue;\n    const part: Conversation = { ...conversation, messages };',
        ],
      ],
      caughtBy: viewer('contains every message once, whatever its size, and marks its last page'),
    },
    {
      means: 'a reader whose gap is not kept is given what is left of it',
      file: 'packages/gateway/src/event-logs/memory-log.ts',
      edits: [
        ['if (seq < floor) return this.#reset(gap);', ''],
        ['this.#window.after(seq) };', 'this.#window.after(Math.max(seq, floor)) };'],
      ],
      caughtBy: subscribe('a cursor whose gap is not kept is reset; what is kept ends at the head (6)'),
    },
    {
      means: 'a page of another snapshot is taken for the next one',
      file: 'packages/protocol/src/conversation/view.ts',
      edits: [['(soFar?.position.epoch !== epoch || soFar.position.seq !== seq)', 'soFar === undefined']],
      caughtBy: view('refuses a later page %s: a state is never partial'),
    },
    {
      means: 'an event that is missing is not noticed',
      file: 'packages/protocol/src/conversation/view.ts',
      edits: [["if ((event.first ?? event.seq) > seq + 1) return { kind: 'gap' };", '']],
      caughtBy: view('calls every event but the next a gap (invariant 6)'),
    },
    {
      means: 'the widget takes a replay that ended too early for whole',
      file: 'packages/widget/src/client/conversation/conversation.ts',
      edits: [["if (position.seq < seq) return { ...followed, phase: 'gap' };", '']],
      caughtBy: followed('an event too far ahead is a gap, and so is a `synced` past what came'),
    },
    {
      means: 'the widget shows a snapshot before it is whole',
      file: 'packages/widget/src/client/conversation/conversation.ts',
      edits: [
        [
          ": { ...followed, pages, phase: 'snapshot' };",
          ": { ...followed, view: pages, pages, phase: 'snapshot' };",
        ],
      ],
      caughtBy: followed('after a reset the view stays until the last page of the snapshot'),
    },
  ],
  alsoProvedBy: [
    golden('folds to the same state from a snapshot at any cut (invariant 6)'),
    golden('folds to the same state when the rest after any cut is merged (invariants 5, 6)'),
    chat('an event that is missing makes the client resume from its cursor'),
    testsOf('e2e/two-gateways.test.ts')('let a viewer that was cut resume on the other from its cursor'),
  ],
};
