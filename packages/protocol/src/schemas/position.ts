/** Positions in the log of a conversation. @see PROTOCOL.md §4 */
import * as v from 'valibot';
import { CountSchema } from './message.ts';

/**
 * A position in the log of a conversation. `epoch` names one life of the log, `seq` the event in it; 0 is before the first
 * event.
 */
export const PositionSchema = v.object({
  epoch: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  seq: CountSchema,
});
/** A position in the log of a conversation; positions of different epochs cannot be compared. */
export type Position = v.InferOutput<typeof PositionSchema>;

/** Whether the `seq` numbers of two positions can be compared. */
export const isSameEpoch = (one: Position, other: Position): boolean => one.epoch === other.epoch;
