/** What is kept with a running reply for the gateway that takes it over. */
import * as v from 'valibot';
import type { Principal } from '../auth/auth.ts';
import type { AcceptedRun } from '../conversations/conversations.ts';
import type { ResponseReference } from '../providers/provider.ts';
import type { Site } from '../sites/sites.ts';
import type { SavedEvent } from '../stores/store.ts';

const AttemptSchema = v.pipe(v.number(), v.integer(), v.minValue(1));
const RunNoteSchema = v.object({
  attempt: AttemptSchema,
  principalKind: v.picklist(['anonymous', 'user']),
  hasClientTools: v.boolean(),
  response: v.optional(v.object({ origin: v.string(), id: v.string() })),
});

/** What is kept with a running reply. The rest of its run is in the store, or is a setting of its site. */
export interface RunNote {
  /** 1 for the first one. */
  attempt: number;
  /** Of the principal that sent the command. */
  principalKind: Principal['kind'];
  /** Whether the page of the sender has offered tools. */
  hasClientTools: boolean;
  /** What the upstream writes in the background. */
  response?: ResponseReference | undefined;
}

/** The note of a run. @param attempt 1 for the first one */
export const noteOf = ({ principal, clientTools = [] }: AcceptedRun, attempt: number): RunNote => ({
  attempt,
  principalKind: principal.kind,
  hasClientTools: clientTools.length > 0,
});

/**
 * Reads the note that the store has. It comes to the store some milliseconds after the message; for a site without tools nothing is
 * lost with it: the first attempt is the only one without a note.
 * @returns undefined when it is needed and there is none, or a newer gateway has written it in another form
 */
export function readRunNote(
  note: unknown,
  { tools = [], allowClientTools = false }: Site,
): RunNote | undefined {
  if (note === undefined && tools.length === 0 && !allowClientTools)
    return { attempt: 1, principalKind: 'anonymous', hasClientTools: false };
  const result = v.safeParse(RunNoteSchema, note);
  return result.success ? result.output : undefined;
}

/** Which attempt a note is of; 1 when there is no note, or it cannot be read. */
export function attemptIn(note: unknown): number {
  const result = v.safeParse(RunNoteSchema, note);
  return result.success ? result.output.attempt : 1;
}

/** The note as it is saved with the events of a reply. */
export const savedNote = (note: RunNote): SavedEvent => ({ type: 'run-note', note });
