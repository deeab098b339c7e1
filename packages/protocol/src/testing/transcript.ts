/** Golden transcripts: recorded conversations, with events and the folded state. Every package reads the same files. */
import { decodeCommands, decodeEvents } from '../codec/codec.ts';
import type { Command } from '../schemas/commands.ts';
import { isLogged } from '../schemas/events.ts';
import type { LoggedEvent } from '../schemas/logged-events.ts';
import { emptyConversation, type Conversation } from '../schemas/message.ts';
import { applyEvent, type View } from '../conversation/view.ts';

/** A recorded conversation. In its file a line is `{"command": …}`, `{"event": …}` or, last, `{"state": …}`. */
export interface Transcript {
  commands: Command[];
  events: LoggedEvent[];
  state: Conversation;
}

/**
 * Reads the text of a golden file.
 * @throws {ChatError} bad-frame: a line is not of its schema
 * @throws {Error} when the last line, the state, is missing
 */
export function parseTranscript(ndjson: string): Transcript {
  const commands: Command[] = [];
  const events: LoggedEvent[] = [];
  let state: Conversation | undefined;
  for (const line of ndjson.split('\n')) {
    if (line === '') continue;
    const entry = JSON.parse(line) as Record<'command' | 'event' | 'state', unknown>; // checked by the codec below
    if (entry.command !== undefined) commands.push(...decodeCommands(JSON.stringify(entry.command)).items);
    else if (entry.event !== undefined)
      events.push(...decodeEvents(JSON.stringify(entry.event)).items.filter(isLogged));
    else state = entry.state as Conversation; // what the test compares with; a wrong one fails there
  }
  if (state === undefined) throw new Error('the transcript has no state line');
  return { commands, events, state };
}

/**
 * The view of a viewer after `events`, from the start of the log or from the view `from`.
 * @throws {Error} when an event is missing
 */
export function replayTranscript(state: Conversation, events: readonly LoggedEvent[], from?: View): View {
  let view = from ?? {
    position: { epoch: 'golden', seq: 0 },
    conversation: emptyConversation(state.id, state.createdAtMs),
  };
  for (const event of events) {
    const applied = applyEvent(view, event);
    if (applied.kind === 'gap') throw new Error(`gap before ${event.seq}`);
    if (applied.kind === 'applied') view = applied.view;
  }
  return view;
}
