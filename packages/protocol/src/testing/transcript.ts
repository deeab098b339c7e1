/** Golden transcripts: recorded conversations with their events and the folded state. All packages test with the same files. */
import { decodeCommands, decodeEvents } from '../codec/codec.ts';
import type { Command } from '../schemas/commands.ts';
import { isLogged } from '../schemas/events.ts';
import type { LoggedEvent } from '../schemas/logged-events.ts';
import { emptyConversation, type Conversation } from '../schemas/message.ts';
import { applyEvent, type View } from '../conversation/view.ts';

/** A recorded conversation. Each line of its file is `{"command": …}`, `{"event": …}` or, at the end, `{"state": …}`. */
export interface Transcript {
  /** The commands of the clients, in order. */
  commands: Command[];
  /** The logged events, in order. */
  events: LoggedEvent[];
  /** The state after all events. */
  state: Conversation;
}

/**
 * Parses the text of a golden file.
 * @throws {ChatError} bad-frame: a command or event does not match its schema
 * @throws {Error} when the line of the state is missing
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
    else state = entry.state as Conversation; // not validated: tests compare it with a folded state
  }
  if (state === undefined) throw new Error('the transcript has no line with the state: it is truncated');
  return { commands, events, state };
}

/**
 * Returns the view of a viewer after `events`, starting with the view `from` or with an empty conversation.
 * @param state the recorded state, from which an empty conversation gets its id and its creation time
 * @throws {Error} when an event is missing before one of `events`
 */
export function replayTranscript(state: Conversation, events: readonly LoggedEvent[], from?: View): View {
  let view = from ?? {
    position: { epoch: 'golden', seq: 0 },
    conversation: emptyConversation(state.id, state.createdAtMs),
  };
  for (const event of events) {
    const applied = applyEvent(view, event);
    if (applied.kind === 'gap') throw new Error(`an event is missing before seq ${event.seq}`);
    if (applied.kind === 'applied') view = applied.view;
  }
  return view;
}
