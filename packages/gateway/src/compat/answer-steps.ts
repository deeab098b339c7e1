/** What changed in an answer between two states, as the steps that the streams of other protocols are made of. Pure. */
import type { DataPart, FilePart, Message, Part, Run, SourcePart, ToolPart } from '@rivulet/protocol';

/** The kinds of text that grow. */
export type TextKind = 'text' | 'reasoning';

/** One step of an answer. Applied in order, they build the answer; `index` is that of the part in it. */
export type AnswerStep =
  | { kind: 'text-started'; index: number; of: TextKind }
  | { kind: 'text-grown'; index: number; of: TextKind; text: string }
  | { kind: 'text-ended'; index: number; of: TextKind }
  | { kind: 'tool-started'; call: ToolPart }
  | { kind: 'tool-input-grown'; call: ToolPart; text: string }
  /** The input is complete. It is left out for a call whose input could not be read. */
  | { kind: 'tool-called'; call: ToolPart }
  | { kind: 'approval-requested'; call: ToolPart }
  | { kind: 'approval-given'; call: ToolPart; decision: 'approve' | 'refuse' }
  /** The call has an output, an error, or was refused: its state says which. */
  | { kind: 'tool-ended'; call: ToolPart }
  | { kind: 'part-added'; index: number; part: SourcePart | FilePart | DataPart }
  /** Everything so far is withdrawn; the steps that follow build the answer again. */
  | { kind: 'withdrawn' }
  /** The run is over; `reason` says whether it succeeded. */
  | { kind: 'finished'; run: Run };

/**
 * The steps from one state of an answer to a later one, whether events or a snapshot led there.
 * @param before undefined: nothing of the answer was shown
 */
export function stepsBetween(before: Message | undefined, after: Message): AnswerStep[] {
  if (before === after) return [];
  const parts = before?.parts ?? [];
  const isChanged = parts.some((part, index) => !continues(part, after.parts[index]));
  if (isChanged) return [{ kind: 'withdrawn' }, ...stepsBetween(undefined, after)];
  const isOver = after.run?.state !== 'running';
  const wasOver = before !== undefined && before.run?.state !== 'running';
  const steps = after.parts.flatMap((part, index) =>
    stepsOfPart(parts[index], part, {
      index,
      wasOpen: index === parts.length - 1 && !wasOver,
      isOpen: index === after.parts.length - 1 && !isOver,
    }),
  );
  if (isOver && !wasOver && after.run !== undefined) steps.push({ kind: 'finished', run: after.run });
  return steps;
}

/** Whether the later part is the earlier one, grown. */
function continues(before: Part, after: Part | undefined): boolean {
  if (before === after) return true;
  if (after?.type !== before.type) return false;
  if (before.type === 'text' || before.type === 'reasoning')
    return (after as typeof before).text.startsWith(before.text); // their types are the same
  return before.type !== 'tool' || before.callId === (after as ToolPart).callId;
}

/** The place of a part. A text is open while more of it may come. */
interface Place {
  index: number;
  wasOpen: boolean;
  isOpen: boolean;
}

function stepsOfPart(before: Part | undefined, after: Part, place: Place): AnswerStep[] {
  switch (after.type) {
    case 'text':
    case 'reasoning':
      return stepsOfText(textIn(before), { of: after.type, text: after.text }, place);
    case 'tool':
      return stepsOfTool(before?.type === 'tool' ? before : undefined, after);
    case 'unknown':
      return []; // of a newer gateway that shares the log
    default:
      return before === undefined ? [{ kind: 'part-added', index: place.index, part: after }] : [];
  }
}

const textIn = (part: Part | undefined): string | undefined =>
  part?.type === 'text' || part?.type === 'reasoning' ? part.text : undefined;

function stepsOfText(
  before: string | undefined,
  { of, text }: { of: TextKind; text: string },
  { index, wasOpen, isOpen }: Place,
): AnswerStep[] {
  const steps: AnswerStep[] = [];
  if (before === undefined) steps.push({ kind: 'text-started', index, of });
  const grown = text.slice(before?.length ?? 0);
  if (grown !== '') steps.push({ kind: 'text-grown', index, of, text: grown });
  if ((before === undefined || wasOpen) && !isOpen) steps.push({ kind: 'text-ended', index, of });
  return steps;
}

/** How far a call is; a call never goes back. */
const RANK: Readonly<Record<ToolPart['state'], number>> = {
  input: 0,
  called: 1,
  'approval-requested': 2,
  approved: 3,
  refused: 3,
  finished: 4,
  failed: 4,
};

function stepsOfTool(before: ToolPart | undefined, call: ToolPart): AnswerStep[] {
  const steps: AnswerStep[] = [];
  if (before === undefined) steps.push({ kind: 'tool-started', call });
  const text = call.inputText.slice(before?.inputText.length ?? 0);
  if (text !== '') steps.push({ kind: 'tool-input-grown', call, text });
  const from = RANK[before?.state ?? 'input'];
  const { state } = call;
  const isDecided = state === 'approved' || state === 'refused';
  if (from < RANK.called && RANK[state] >= RANK.called && call.input !== undefined)
    steps.push({ kind: 'tool-called', call });
  if (from < RANK['approval-requested'] && (isDecided || state === 'approval-requested'))
    steps.push({ kind: 'approval-requested', call });
  if (from < RANK.approved && isDecided)
    steps.push({ kind: 'approval-given', call, decision: state === 'approved' ? 'approve' : 'refuse' });
  const isEnded = state === 'refused' ? from < RANK.refused : RANK[state] === 4 && from < 4;
  if (isEnded) steps.push({ kind: 'tool-ended', call });
  return steps;
}

/** Whether the answer waits for nothing but the visitor: calls wait for a decision, and no other call is under way. */
export function isWaitingForVisitor({ parts, run }: Message, decided: ReadonlySet<string>): boolean {
  if (run?.state !== 'running') return false;
  const calls = parts.filter((part) => part.type === 'tool');
  const waiting = calls.filter(({ state }) => state === 'approval-requested');
  const isUnderWay = calls.some(
    ({ state }) => state === 'input' || state === 'called' || state === 'approved',
  );
  return waiting.length > 0 && !isUnderWay && !waiting.some(({ callId }) => decided.has(callId));
}
