/** Why a run is aborted, when it was not its visitor who stopped it. */
import { ChatError } from '@rivulet/protocol';

/** Abort reason of a run that is ended because the gateway shuts down. The run ends as `interrupted`. */
export const INTERRUPTED = new ChatError('interrupted');
/** Abort reason of a run whose lease another gateway holds now. That gateway writes the end of the run; this one writes nothing. */
export const TAKEN_OVER = new ChatError('conflict');

/** Abort reason of a run that is left to another gateway, or to the next start of this one: its end is not written. */
export const HANDED_OVER = new ChatError('draining');
