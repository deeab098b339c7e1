/**
 * The public names of this folder: pure functions that turn logged events into the state of a conversation. Begin with fold.ts,
 * which applies one event; view.ts adds the position in the log, merge.ts shortens a replay.
 */
export { fold, runningMessages } from './fold.ts';
export { applyEvent, joinSnapshot, type Applied, type View } from './view.ts';
export { mergeDeltas } from './merge.ts';
