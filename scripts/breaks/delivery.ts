/** Breaks of invariants 5 and 6: every viewer reaches the same state, whether it joins, stays connected or resumes. */
import { testsOf, type Invariant } from './break.ts';

const fold = testsOf('packages/protocol/src/conversation/fold.test.ts');
const view = testsOf('packages/protocol/src/conversation/view.test.ts');
const merge = testsOf('packages/protocol/src/conversation/merge.test.ts');
const golden = testsOf('packages/protocol/src/conversation/golden.test.ts');
const whole = testsOf('packages/gateway/src/providers/whole-characters.test.ts');
const reading = testsOf('packages/gateway/src/conversations/view-reader.test.ts');
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

/** Invariant 5. */
export const APPLIED_EXACTLY_ONCE: Invariant = {
  number: 5,
  statement:
    'Events are delivered at least once and applied exactly once; the same position means the same state',
  breaks: [
    {
      description: 'a delta is appended completely, regardless of its offset',
      file: 'packages/protocol/src/conversation/fold.ts',
      edits: [["at > have.length ? '' : text.slice(have.length - at)", "at > have.length ? '' : text"]],
      caughtBy: fold('take from a delta at %i only what they lack, by UTF-16 units (invariant 5)'),
    },
    {
      description: 'a delta that begins beyond the end of its part is appended',
      file: 'packages/protocol/src/conversation/fold.ts',
      edits: [
        ["at > have.length ? '' : text.slice(have.length - at)", 'text.slice(Math.max(0, have.length - at))'],
      ],
      caughtBy: fold('never take a delta that begins beyond their end'),
    },
    {
      description: 'a repeated message is added twice',
      file: 'packages/protocol/src/conversation/fold.ts',
      edits: [['if (conversation.messages.some(({ id }) => id === message.id)) return conversation;', '']],
      caughtBy: golden(
        'folds to the same state when any stretch up to it comes again, even past the positions (invariant 5)',
      ),
    },
    {
      description: 'a repeat of the last event is applied again',
      file: 'packages/protocol/src/conversation/view.ts',
      edits: [['event.seq <= seq', 'event.seq < seq']],
      caughtBy: view('calls every earlier event a repeat (invariant 5)'),
    },
    {
      description: 'a surrogate pair that the upstream has split is sent in two halves',
      file: 'packages/gateway/src/providers/whole-characters.ts',
      edits: [['const isCut = endsInHighSurrogate(text);', 'const isCut = false;']],
      caughtBy: whole('holds a first half back until the other comes'),
    },
    {
      description: 'every delta has the offset 0',
      file: 'packages/gateway/src/runs/reply.ts',
      edits: [['at: part.length, text', 'at: 0, text']],
      caughtBy: reply('starts a part with its first text, and continues it with deltas at their offsets'),
    },
    {
      description: 'deltas of two parts are merged into one',
      file: 'packages/protocol/src/conversation/merge.ts',
      edits: [['last.partId === next.partId &&', '']],
      caughtBy: merge('keeps apart what has %s'),
    },
    {
      description: 'a snapshot contains the stored state without the newer events of the log',
      file: 'packages/gateway/src/conversations/view-reader.ts',
      edits: [['withOwner(stateAt(stored, events), record.desk)', 'withOwner(stored, record.desk)']],
      caughtBy: join(JOINED),
    },
    {
      description: 'a snapshot does not wait for what is stored and not in the log yet',
      file: 'packages/gateway/src/conversations/view-reader.ts',
      edits: [['await mutex.settled(id);', '']],
      caughtBy: reading('does not show what is stored and not in the log yet before it has a position (5)'),
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

/** Invariant 6. */
export const RESUMED_COMPLETELY: Invariant = {
  number: 6,
  statement: 'Resuming delivers a complete merged replay or a complete snapshot, and ends with `synced`',
  breaks: [
    {
      description: 'the epoch of the cursor is not compared',
      file: 'packages/gateway/src/sessions/resume.ts',
      edits: [["if (cursor.epoch !== head.epoch) return { mode: 'snapshot', why: 'epoch-changed' };", '']],
      caughtBy: resume('%s: a snapshot with its reason'),
    },
    {
      description: 'a replay of more than 500 events is sent',
      file: 'packages/gateway/src/sessions/resume.ts',
      edits: [['if (events.length > MAX_REPLAY_EVENTS) return true;', '']],
      caughtBy: resume('%s: a snapshot with its reason'),
    },
    {
      description: 'a replay of more than 256 KB is sent',
      file: 'packages/gateway/src/sessions/resume.ts',
      edits: [
        ["if ('text' in event && bytes + event.text.length > MAX_REPLAY_BYTES) return true;", ''],
        ['if (bytes > MAX_REPLAY_BYTES) return true;', ''],
      ],
      caughtBy: resume('%s: a snapshot with its reason'),
    },
    {
      description: 'a replay does not end with `synced`',
      file: 'packages/gateway/src/sessions/viewer.ts',
      edits: [["{ type: 'synced', conversationId, ...kept.head },", '']],
      caughtBy: viewer('gets `synced` even when it missed nothing'),
      failsWith: 'timed out',
    },
    {
      description: 'live events begin at the head after the state was sent, not at the position of the state',
      file: 'packages/gateway/src/sessions/viewer.ts',
      edits: [
        [
          'eventLog.subscribe(conversationId, { after, signal, handle })',
          'eventLog.subscribe(conversationId, { after: (await conversations.readKept(conversationId)).head, signal, handle })',
        ],
      ],
      caughtBy: viewer('misses no event that is appended while %s is being sent'),
      failsWith: 'timed out',
    },
    {
      description: 'the second page of a snapshot is omitted',
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
      description:
        'a subscriber whose cursor is before the kept window gets the remaining events instead of a reset',
      file: 'packages/gateway/src/event-logs/memory-log.ts',
      edits: [
        ['if (seq < floor) return this.#reset(gap);', ''],
        ['const batch = this.#window.after(seq);', 'const batch = this.#window.after(Math.max(seq, floor));'],
      ],
      caughtBy: subscribe(
        'a cursor before the kept window gets a reset, and the kept events end at the head (6)',
      ),
    },
    {
      description: 'a page of another snapshot is accepted as the next page',
      file: 'packages/protocol/src/conversation/view.ts',
      edits: [['(soFar?.position.epoch !== epoch || soFar.position.seq !== seq)', 'soFar === undefined']],
      caughtBy: view('refuses a later page %s: a state is never partial'),
    },
    {
      description: 'a missing event is not detected',
      file: 'packages/protocol/src/conversation/view.ts',
      edits: [["if ((event.first ?? event.seq) > seq + 1) return { kind: 'gap' };", '']],
      caughtBy: view('calls every event but the next a gap (invariant 6)'),
    },
    {
      description: 'the widget accepts an incomplete replay as complete',
      file: 'packages/widget/src/client/conversation/conversation.ts',
      edits: [["if (position.seq < seq) return { ...followed, phase: 'gap' };", '']],
      caughtBy: followed('an event too far ahead is a gap, and so is a `synced` beyond the last event'),
    },
    {
      description: 'the widget shows a snapshot before its last page',
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
    testsOf(
      'e2e/two-gateways.test.ts',
      'e2e/support/delivery-suite.ts',
    )('let a disconnected viewer resume on the other gateway from its cursor'),
  ],
};
