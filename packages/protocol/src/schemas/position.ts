/** Where a viewer stands in a conversation's log. */
import * as v from 'valibot';

/** A position in a conversation's log. `seq` 0 is before the first event. */
export const PositionSchema = v.object({
  epoch: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  seq: v.pipe(v.number(), v.integer(), v.minValue(0)),
});
export type Position = v.InferOutput<typeof PositionSchema>;

/** Whether `seq` numbers of two positions may be compared at all. */
export const isSameEpoch = (one: Position, other: Position): boolean => one.epoch === other.epoch;
