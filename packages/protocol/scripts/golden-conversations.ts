/** What golden/*.ndjson records. golden/README.md says what each is for. */
import {
  added,
  ask,
  command,
  deltas,
  event,
  finished,
  hello,
  part,
  partEnd,
  says,
  started,
  type Line,
} from './golden-line.ts';

const Q1 = 'm_question0001';
const usage = { inputTokens: 42, outputTokens: 17 };
const runError = (code: string, message: string, retry = 'new') => ({ code, message, retry, ref: 'k3v9' });

/** Pieces of 1 to 9 UTF-16 units that cut no surrogate pair. */
function pieces(text: string): string[] {
  const cut: string[] = [];
  let piece = '';
  for (const character of text) {
    piece += character;
    if (piece.length <= cut.length % 9) continue;
    cut.push(piece);
    piece = '';
  }
  return piece === '' ? cut : [...cut, piece];
}

const simple: Line[] = [
  hello(),
  ...ask({ id: '0001', text: 'What is Rivulet?', seconds: 0 }),
  ...says('0001', ['Rivulet ', 'puts a ', 'chat on ', 'any page', '.']),
  finished('0001', 'stop', { seconds: 0, usage }),
];

const markdown =
  '# Grüße 👋\n\n- **fett** und `code`\n- 👩‍👩‍👧 und 🇨🇭\n\n```js\nconst π = 3.14; // "quoted" \\ back\n```\n\n| a | b |\n|---|---|\n| 1 | 漢字 |\n';
const twoTurns: Line[] = [
  hello(),
  ...ask({ id: '0001', text: 'Zeig mir Markdown 👋\nbitte', seconds: 0 }),
  ...says('0001', pieces(markdown)),
  finished('0001', 'stop', { seconds: 2, usage }),
  ...ask({ id: '0002', text: 'und weiter?', parentId: 'm_answer0001', seconds: 10 }),
  ...says('0002', pieces('Das war alles: 👍🏽. Zeilen\r\nund\u2028Trenner bleiben.')),
  finished('0002', 'length', { seconds: 12, usage }),
  event('conversation-updated', { title: 'Markdown 👋' }),
];

const call = { callId: 'call_refund1', name: 'refund' };
const toolApproval: Line[] = [
  hello(),
  ...ask({ id: '0001', text: 'Please refund order 17.', seconds: 0 }),
  part('0001', 0, { type: 'reasoning', text: '' }),
  ...deltas('reasoning-delta', { id: '0001', index: 0 }, ['A refund ', 'needs the ', 'order.']),
  partEnd('0001', 0),
  part('0001', 1, { type: 'tool', ...call, state: 'input', inputText: '' }),
  ...deltas('tool-delta', { id: '0001', index: 1 }, ['{"order":', '17,"amount":', '2000}']),
  partEnd('0001', 1),
  event('tool-called', { callId: call.callId, input: { order: 17, amount: 2000 } }),
  event('approval-requested', { callId: call.callId }),
  command('tool-approval', { callId: call.callId, decision: 'approve', input: { order: 17, amount: 1500 } }),
  event('approval-given', { callId: call.callId, decision: 'approve', input: { order: 17, amount: 1500 } }),
  event('tool-finished', { callId: call.callId, output: { ok: true, refunded: 1500 } }),
  part('0001', 2, { type: 'source', sourceId: 's1', title: 'Refunds', url: 'https://example.com/refunds' }),
  ...says('0001', ['Refunded 15.00', ' of 20.00.'], 3),
  finished('0001', 'stop', { seconds: 4, usage }),
  ...ask({ id: '0002', text: 'And order 18?', parentId: 'm_answer0001', seconds: 9 }),
  part('0002', 0, {
    type: 'tool',
    callId: 'call_refund2',
    name: 'refund',
    state: 'called',
    inputText: '{}',
    input: {},
  }),
  event('approval-requested', { callId: 'call_refund2' }),
  command('tool-approval', { callId: 'call_refund2', decision: 'refuse' }),
  event('approval-given', { callId: 'call_refund2', decision: 'refuse' }),
  event('tool-finished', { callId: 'call_refund2', error: runError('forbidden', 'Not allowed.', 'no') }),
  ...says('0002', ['That was refused.'], 1),
  finished('0002', 'stop', { seconds: 11, usage }),
];

const aborted: Line[] = [
  hello(),
  ...ask({ id: '0001', text: 'Count to a million.', seconds: 0 }),
  part('0001', 0, { type: 'text', text: '' }),
  ...deltas('text-delta', { id: '0001', index: 0 }, ['1, ', '2, ', '3, ']),
  command('abort-run', { runId: 'r_running0001' }),
  finished('0001', 'aborted', { seconds: 1 }),
  ...ask({ id: '0002', text: 'No, stop before you begin.', parentId: 'm_answer0001', seconds: 5 }),
  command('abort-run', { messageId: 'm_question0002' }),
  finished('0002', 'aborted', { seconds: 5 }),
];

const errorRegenerate: Line[] = [
  hello(),
  ...ask({ id: '0001', text: 'Hello?', seconds: 0 }),
  part('0001', 0, { type: 'text', text: '' }),
  ...deltas('text-delta', { id: '0001', index: 0 }, ['Hel']),
  event('run-restarted', {
    runId: 'r_running0001',
    attempt: 2,
    why: runError('upstream-overloaded', 'The model is overloaded; try again in a moment.'),
  }),
  part('0001', 0, { type: 'text', text: '' }),
  ...deltas('text-delta', { id: '0001', index: 0 }, ['Good ', 'mor']),
  finished('0001', 'error', {
    seconds: 3,
    error: runError('upstream-truncated', 'The answer broke off before its end; try again.'),
  }),
  command('regenerate', { messageId: 'm_answer0001', runId: 'r_running0002' }),
  started({ id: '0002', parentId: Q1, seconds: 8 }),
  ...says('0002', ['Good ', 'morning', '!']),
  finished('0002', 'stop', { seconds: 9, usage }),
];

const edited: Line[] = [
  hello(),
  ...ask({ id: '0001', text: 'Capital of Frnace?', seconds: 0 }),
  ...says('0001', ['Did you mean ', 'France?']),
  finished('0001', 'stop', { seconds: 1, usage }),
  command('edit-message', {
    messageId: 'm_question0002',
    replacesId: Q1,
    parts: [{ type: 'text', text: 'Capital of France?' }],
  }),
  added({ id: '0002', text: 'Capital of France?', seconds: 6 }),
  started({ id: '0002', parentId: 'm_question0002', seconds: 6 }),
  ...says('0002', ['Paris', '.']),
  finished('0002', 'stop', { seconds: 7, usage }),
];

const interrupted: Line[] = [
  hello(),
  ...ask({ id: '0001', text: 'Tell me a long story.', seconds: 0 }),
  part('0001', 0, { type: 'text', text: '' }),
  ...deltas('text-delta', { id: '0001', index: 0 }, ['Once ', 'upon ', 'a']),
  finished('0001', 'interrupted', {
    seconds: 60,
    error: runError('interrupted', 'The gateway was restarted while the answer was written; try again.'),
  }),
];

const queued: Line[] = [
  hello(),
  ...ask({ id: '0001', text: 'First?', seconds: 0 }),
  part('0001', 0, { type: 'text', text: '' }),
  ...deltas('text-delta', { id: '0001', index: 0 }, ['One', ' and']),
  ...ask({ id: '0002', text: 'Second?', parentId: 'm_answer0001', seconds: 1 }),
  ...deltas('text-delta', { id: '0001', index: 0, at: 7 }, [' a half', '.']),
  partEnd('0001', 0),
  finished('0001', 'stop', { seconds: 2, usage }),
  ...says('0002', ['Two', '.']),
  finished('0002', 'stop', { seconds: 3, usage }),
];

const waiting: Line[] = [
  hello(),
  ...ask({ id: '0001', text: 'Is anybody there?', seconds: 0 }),
  event('run-waiting', { runId: 'r_running0001', why: 'queue' }),
  event('run-waiting', { runId: 'r_running0001', why: null }),
  event('run-waiting', { runId: 'r_running0001', why: 'retry' }),
  event('run-waiting', { runId: 'r_running0001', why: null }),
  ...says('0001', ['Yes', '.']),
  finished('0001', 'stop', { seconds: 9, usage }),
  ...ask({ id: '0002', text: 'And now?', parentId: 'm_answer0001', seconds: 10 }),
  event('run-waiting', { runId: 'r_running0002', why: 'queue' }),
  command('abort-run', { messageId: 'm_question0002' }),
  finished('0002', 'aborted', { seconds: 12 }),
];

const newerGateway: Line[] = [
  hello(),
  ...ask({ id: '0001', text: 'What is new?', seconds: 0 }),
  event('run-priced', { runId: 'r_running0001', cents: 3 }),
  part('0001', 0, { type: 'citation-map', entries: [{ from: 0, to: 4 }] }),
  part('0001', 1, { type: 'text', text: '', language: 'en' }),
  ...deltas('text-delta', { id: '0001', index: 1 }, ['A ', 'lot']).map((line) =>
    'event' in line ? { event: { ...line.event, confidence: 0.9 } } : line,
  ),
  event('part-scored', { partId: 'm_answer0001.1', score: 7 }),
  ...deltas('text-delta', { id: '0001', index: 1, at: 5 }, [' more', '.']),
  part('0001', 2, {
    type: 'tool',
    callId: 'call_new1',
    name: 'look',
    state: 'rate-limited',
    inputText: '{}',
  }),
  finished('0001', 'paused-for-review', {
    seconds: 2,
    usage: { ...usage, cachedTokens: 4 },
    error: { ...runError('model-on-holiday', 'The model is on holiday.', 'tomorrow'), docs: 'x' },
  }),
  event('conversation-updated', { title: 'New', icon: '🆕' }),
];

/** A person greets the visitor. @param facts further fields of the message */
const greeted = (facts: object = {}): Line =>
  event('message-added', {
    message: {
      ...{ id: 'm_agent00001', role: 'agent', parentId: 'm_answer0001' },
      ...{ parts: [{ type: 'text', text: 'Hi, I am Ada.' }], createdAtMs: 1_760_000_030_000 },
      ...facts,
    },
  });

const sentence = 'The river 🌊 carries what the rain brings; nothing is lost, and nothing comes twice. ';
const longMerged: Line[] = [
  hello(),
  ...ask({ id: '0001', text: 'Write a lot.', seconds: 0 }),
  ...says('0001', pieces(sentence.repeat(12))),
  ...says('0001', pieces('A second part, ' + sentence.repeat(3)), 1),
  finished('0001', 'stop', { seconds: 20, usage }),
].map((line) => ('event' in line ? { ...line, merge: true } : line));

const everythingElse: Line[] = [
  hello(),
  ...ask({ id: '0001', text: 'May I talk to a person?', seconds: 0 }),
  ...says('0001', ['Of course.']),
  part('0001', 1, { type: 'data', name: 'choices', value: { options: ['Yes', 'No'], nested: [null, 1.5] } }),
  part('0001', 2, {
    type: 'file',
    fileId: 'f1',
    name: 'terms.pdf',
    mediaType: 'application/pdf',
    sizeBytes: 1024,
  }),
  finished('0001', 'stop', { seconds: 1, usage }),
  command('feedback', { messageId: 'm_answer0001', value: 'up', comment: 'quick' }),
  event('feedback', { messageId: 'm_answer0001', feedback: { value: 'up', comment: 'quick' } }),
  event('participant-joined', { participant: { id: 'p_ada', name: 'Ada' } }),
  event('participant-joined', { participant: { id: 'p_bob', name: 'Bob' } }),
  greeted(),
  event('message-updated', {
    messageId: 'm_agent00001',
    parts: [{ type: 'text', text: 'Hello, I am Ada.' }],
  }),
  added({ id: '0002', text: 'sent by mistake', parentId: 'm_agent00001', seconds: 40 }),
  event('message-removed', { messageId: 'm_question0002' }),
  event('participant-left', { participantId: 'p_bob' }),
  command('feedback', { messageId: 'm_answer0001', value: null }),
  event('feedback', { messageId: 'm_answer0001', feedback: null }),
  event('conversation-updated', { title: 'A person' }),
];

const person = { id: 'p_ada', name: 'Ada', pictureUrl: '/ada.png' };
const takenOver: Line[] = [
  hello(),
  ...ask({ id: '0001', text: 'May I talk to a person?', seconds: 0 }),
  ...says('0001', ['Of cou']),
  finished('0001', 'aborted', { seconds: 1 }),
  event('owner-changed', { owner: { kind: 'person', number: 2, sinceMs: 1_760_000_001_000, person } }),
  event('owner-changed', { owner: { kind: 'queue', number: 1, sinceMs: 1_760_000_000_500 } }),
  greeted({ author: person }),
  event('owner-changed', { owner: { kind: 'ai', number: 3, sinceMs: 1_760_000_060_000 } }),
];

/** Nobody is there when the visitor asks for a person, and comes later. */
const askedForPerson: Line[] = [
  hello(),
  ...ask({ id: '0001', text: 'May I talk to a person?', seconds: 0 }),
  ...says('0001', ['Of cou']),
  command('request-person', {}),
  finished('0001', 'aborted', { seconds: 1 }),
  event('owner-changed', { owner: { kind: 'queue', number: 1, sinceMs: 1_760_000_001_000, isAway: true } }),
  command('leave-address', { name: 'Vi', email: 'vi@example.com', consent: true }),
  event('owner-changed', { owner: { kind: 'person', number: 2, sinceMs: 1_760_000_030_000, person } }),
];

/** Nothing was found, and the visitor takes the offer. */
const offeredAPerson: Line[] = [
  hello(),
  ...ask({ id: '0001', text: 'Do you ship to the moon?', seconds: 0 }),
  ...says('0001', ['I found nothing about it.']),
  event('part-started', {
    partId: 'm_answer0001.1',
    value: { type: 'data', name: 'person-offer', value: { reason: 'nothing-found' } },
  }),
  event('part-finished', { partId: 'm_answer0001.1' }),
  finished('0001', 'stop', { seconds: 1 }),
  command('request-person', {}),
  event('owner-changed', { owner: { kind: 'queue', number: 1, sinceMs: 1_760_000_002_000 } }),
];

/** Nobody is there, and the visitor leaves an address, which is in no event. */
const leftAnAddress: Line[] = [
  hello(),
  ...ask({ id: '0001', text: 'May I talk to a person?', seconds: 0 }),
  ...says('0001', ['Of cou']),
  command('request-person', {}),
  finished('0001', 'aborted', { seconds: 1 }),
  event('owner-changed', { owner: { kind: 'queue', number: 1, sinceMs: 1_760_000_001_000, isAway: true } }),
  command('leave-address', { email: 'vi@example.com', consent: true }),
  event('owner-changed', {
    owner: { kind: 'queue', number: 2, sinceMs: 1_760_000_001_000, isAway: true, hasAddress: true },
  }),
];

export const CONVERSATIONS: Record<string, readonly Line[]> = {
  simple,
  'two-turns': twoTurns,
  'tool-approval': toolApproval,
  aborted,
  'error-regenerate': errorRegenerate,
  edited,
  interrupted,
  queued,
  waiting,
  'newer-gateway': newerGateway,
  'long-merged': longMerged,
  'everything-else': everythingElse,
  'taken-over': takenOver,
  'asked-for-person': askedForPerson,
  'offered-a-person': offeredAPerson,
  'left-an-address': leftAnAddress,
};
