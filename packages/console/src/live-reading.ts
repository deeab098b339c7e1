/** Follows a conversation live: a snapshot, then the events of its log, folded as the widget folds them. */
import {
  applyEvent,
  decodeEvents,
  isLogged,
  joinSnapshot,
  type ChatEvent,
  type View,
} from '@rivulet/protocol';

/** How far the reading has come. `view` is complete; `pages` is a snapshot whose last page is still to come. */
export interface LiveState {
  view: View | undefined;
  pages: View | undefined;
}

/** The state before the first event. */
export const NOTHING_READ: LiveState = { view: undefined, pages: undefined };

/** Applies an event; the same object when it changes nothing. @throws {ChatError} bad-frame for pages of two snapshots */
export function follow(state: LiveState, event: ChatEvent): LiveState {
  if (event.type === 'snapshot') {
    const pages = joinSnapshot(state.pages, event);
    return event.isLast ? { view: pages, pages: undefined } : { ...state, pages };
  }
  if (!isLogged(event) || state.view === undefined) return state;
  const applied = applyEvent(state.view, event);
  // After a gap the gateway sends a snapshot. Until then the state stays as it is.
  return applied.kind === 'applied' ? { ...state, view: applied.view } : state;
}

/** What the reader is told. */
export interface LiveListener {
  /** The conversation has changed. */
  changed: (view: View) => void;
  /** The visitor types, or has stopped to. Who does not say so again for some seconds has stopped. */
  typing?: (isTyping: boolean) => void;
  /** `lost`: the browser connects again by itself. `ended`: it does not, because it was refused. */
  status: (status: 'live' | 'lost' | 'ended') => void;
}

/** Opens the stream of a conversation. The browser resumes it from the last position. @returns a function that closes it */
export function readLive(id: string, { changed, typing, status }: LiveListener): () => void {
  const source = new EventSource(`/admin/api/conversations/${encodeURIComponent(id)}/live`);
  let state = NOTHING_READ;
  source.onopen = () => {
    status('live');
  };
  source.onmessage = ({ data }: MessageEvent<string>) => {
    const { items } = decodeEvents(data);
    for (const event of items) if (event.type === 'typing') typing?.(event.isTyping);
    const next = items.reduce(follow, state);
    if (next.view !== undefined && next.view !== state.view) changed(next.view);
    state = next;
  };
  source.onerror = () => {
    status(source.readyState === EventSource.CLOSED ? 'ended' : 'lost');
  };
  return () => {
    source.close();
  };
}
