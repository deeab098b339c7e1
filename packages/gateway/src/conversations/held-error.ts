/** What a visitor is told who wants to erase what must be kept. */
import { ChatError } from '@rivulet/protocol';

/** The error of erasing one conversation that is held. It never says why: the reason is the operator's. */
export const heldError = (): ChatError =>
  new ChatError('conflict', {
    message:
      'This conversation was not erased: it must be kept for now for legal reasons. Ask again later, or ask the operator of this site.',
  });

/** The error of erasing everything when something had to stay. @param erased how many were erased @param held how many were not */
export const someHeldError = (erased: number, held: number): ChatError =>
  new ChatError('conflict', {
    message: `Erased conversations: ${erased}. Not erased: ${held}, which must be kept for now for legal reasons. Ask again later, or ask the operator of this site.`,
  });
