/** Assembles the tool calls of one answer from the deltas in which an upstream sends them. */
import { NO_INPUT, placeEntry, type CallEntry, type OpenCall } from './call-placement.ts';
import { CALLS_MAX, ExcessiveAnswerError, UNNAMED_INPUT_MAX_CHARS } from './excessive-answer.ts';
import { createJsonEnd, type JsonEnd } from './json-end.ts';
import { record, textOf } from './json-fields.ts';
import { mergeFields } from './merge-fields.ts';
import { MAX_METADATA_CHARS, type CallMetadata } from './provider-metadata.ts';
import type { ProviderEvent } from './provider.ts';
import { createWholeCharacters, type WholeCharacters } from './whole-characters.ts';

/** Reads the tool calls of one answer. */
export interface ToolReader {
  /** Reads the calls of one delta, or of a whole message, and adds their events to `events`. */
  read(fields: Record<string, unknown>, events: ProviderEvent[], source?: CallEntry['source']): void;
  /** Called at the end of the answer: adds what was held back. */
  end(events: ProviderEvent[]): void;
  /** Whether the answer contains a call. Called after `end`. */
  hasCalls(): boolean;
  /** What the upstream attached to the calls. Called after `end`. */
  metadata(): CallMetadata[];
}

interface Call extends OpenCall {
  /** Unique in the answer. */
  callId: string;
  ids: Set<string>;
  characters: WholeCharacters;
  end: JsonEnd;
  /** Input that waits for the name. */
  held: string;
  isStarted: boolean;
  /** What the upstream attached to it. */
  fields: Record<string, unknown>;
  fieldChars: number;
}

/** The longest real ones have about 60. Gemini's carry a signature in other fields. */
const ID_MAX_CHARS = 256;
/** Some upstreams give each delta of a call another id, which is of no use after the first ones. */
const IDS_MAX = 64;

/** The name of a call to which the upstream gave none: the model is told that there is no such tool. */
const NO_NAME = 'unnamed';

/**
 * Creates a reader for the calls of one answer.
 * @param tools the names of the tools that the model may call
 */
export function createToolReader(tools: ReadonlySet<string> = new Set()): ToolReader {
  /** Bounded by the number of calls that the model makes in one answer. */
  const calls: Call[] = [];
  let hasList = false;
  const open = (entry: CallEntry, name: string): Call => {
    if (calls.length === CALLS_MAX) throw new ExcessiveAnswerError(`made more than ${CALLS_MAX} tool calls`);
    const call = newCall({ ...entry, name }, calls);
    calls.push(call);
    return call;
  };
  const readEntry = (entry: CallEntry, fields: Record<string, unknown>, events: ProviderEvent[]) => {
    const placed = placeEntry(calls, entry, tools);
    if (placed.kind === 'new') for (const call of calls) start(call, events);
    const call = placed.kind === 'new' ? open(entry, placed.name) : placed.call;
    attach(call, fields);
    if (placed.kind === 'continued') addName(call, entry);
    addInput(call, placed.kind === 'new' ? entry.input : placed.input);
    note(call, entry);
    if (isNameWhole(call, tools)) start(call, events);
    send(call, events);
  };
  return {
    read(fields, events, source = 'delta') {
      const list = listOf(fields.tool_calls);
      hasList ||= list.length > 0;
      // Upstreams sent one call this way before there were several; some send both.
      const entries =
        !hasList && isObject(fields.function_call) ? [{ function: fields.function_call }] : list;
      if (entries.length === 0) return;
      for (const call of calls) call.isInThisList = false;
      for (const [place, entry] of entries.entries())
        readEntry(toEntry(entry, source, entries.length > 1 ? place : undefined), attachedTo(entry), events);
    },
    end(events) {
      for (const call of calls) {
        if (call.name === '' && call.input !== '') call.name = NO_NAME;
        call.held += call.characters.end();
        start(call, events);
        addDelta(events, call.callId, call.isStarted ? call.held : '');
      }
    },
    hasCalls: () => calls.some(({ isStarted }) => isStarted),
    metadata: () => calls.filter(({ isStarted }) => isStarted).flatMap(metadataOf),
  };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** A list; some upstreams send its only entry by itself. */
function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? [value] : [];
}

function toEntry(value: unknown, source: CallEntry['source'], place: number | undefined): CallEntry {
  const entry = record(value);
  // Some upstreams leave out the object around the name and the arguments.
  const called = record(entry.function ?? entry);
  const index = typeof entry.index === 'string' && entry.index !== '' ? Number(entry.index) : entry.index;
  return {
    index: Number.isSafeInteger(index) ? (index as number) : place,
    id: (typeof entry.id === 'number' ? String(entry.id) : textOf(entry.id)).slice(0, ID_MAX_CHARS),
    name: textOf(called.name),
    input: inputOf(called.arguments),
    source,
  };
}

/** The fields of an entry, and of its function, that are not of the API. They are given back where they were. */
function attachedTo(value: unknown): Record<string, unknown> {
  const { index: _i, id: _d, type: _t, name: _n, arguments: _a, function: called, ...fields } = record(value);
  const { name: _fn, arguments: _fa, ...inner } = record(called);
  return Object.keys(inner).length === 0 ? fields : { ...fields, function: inner };
}

function attach(call: Call, fields: Record<string, unknown>): void {
  if (Object.keys(fields).length === 0) return;
  call.fieldChars += JSON.stringify(fields).length;
  // Half of a signature is worse than none.
  call.fields = call.fieldChars > MAX_METADATA_CHARS ? {} : mergeFields(call.fields, fields);
}

function metadataOf({ callId, ids, fields }: Call): CallMetadata[] {
  const [upstreamId] = ids;
  const hasFields = Object.keys(fields).length > 0;
  if (upstreamId === undefined && !hasFields) return [];
  return [{ callId, ...(upstreamId === undefined ? {} : { upstreamId }), ...(hasFields ? { fields } : {}) }];
}

/** Arguments are text; some upstreams send the object itself, and null for none. */
function inputOf(value: unknown): string {
  return isObject(value) ? JSON.stringify(value) : textOf(value);
}

function newCall({ index, id, name }: CallEntry, calls: readonly Call[]): Call {
  let callId = id;
  for (let n = calls.length + 1; callId === '' || calls.some((one) => one.callId === callId); n += 1)
    callId = `call-${n}`;
  return {
    callId,
    index,
    ids: new Set(),
    name,
    input: '',
    tail: '',
    isComplete: false,
    isInString: false,
    entries: 0,
    isInThisList: true,
    isNamedAgain: false,
    characters: createWholeCharacters(),
    end: createJsonEnd(),
    held: '',
    isStarted: false,
    fields: {},
    fieldChars: 0,
  };
}

function addName(call: Call, entry: CallEntry): void {
  if (entry.name === '') return;
  if (call.isComplete) call.isNamedAgain = true;
  if (call.isStarted || entry.name === call.name) return;
  call.name = entry.name.startsWith(call.name) ? entry.name : call.name + entry.name;
}

function addInput(call: Call, text: string): void {
  if (text === '') return;
  // The reader of the input ignores the initial value; what follows is told apart from a repetition.
  if (call.input === NO_INPUT && text.trimStart().startsWith('{')) call.end = createJsonEnd();
  const whole = call.characters.push(text);
  call.input += whole;
  call.tail = (call.tail + whole).slice(-2);
  call.held += whole;
  if (call.name === '' && call.held.length > UNNAMED_INPUT_MAX_CHARS)
    throw new ExcessiveAnswerError('sent the input of a tool call that has no name');
  call.end.push(whole);
  call.isComplete = call.end.isComplete();
  call.isInString = call.end.isInString();
}

function note(call: Call, { id }: CallEntry): void {
  if (id !== '' && call.ids.size < IDS_MAX) call.ids.add(id);
  call.entries += 1;
  call.isInThisList = true;
}

/** Whether no more of the name can follow: there is input, or the name is that of a tool and not the beginning of another. */
function isNameWhole({ name: known, input }: Call, tools: ReadonlySet<string>): boolean {
  if (input !== '' || tools.size === 0) return true;
  return tools.has(known) && ![...tools].some((tool) => tool !== known && tool.startsWith(known));
}

function start(call: Call, events: ProviderEvent[]): void {
  if (call.isStarted || call.name === '') return;
  call.isStarted = true;
  events.push({ type: 'tool-call-started', callId: call.callId, name: call.name });
}

function send(call: Call, events: ProviderEvent[]): void {
  if (!call.isStarted) return;
  addDelta(events, call.callId, call.held);
  call.held = '';
}

function addDelta(events: ProviderEvent[], callId: string, text: string): void {
  if (text === '') return;
  const last = events.at(-1);
  if (last?.type === 'tool-call-delta' && last.callId === callId) last.text += text;
  else events.push({ type: 'tool-call-delta', callId, text });
}
