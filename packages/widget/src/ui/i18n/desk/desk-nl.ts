/** Texts about the people behind the chat in Dutch. */
import type { DeskStrings } from './desk-en.ts';

/** The Dutch texts. */
export const deskNl: DeskStrings = {
  personAwaited: 'Wacht op een medewerker…',
  personTyping: 'Is aan het typen…',
  inQueue: 'U wacht op een medewerker. U kunt verder schrijven.',
  personJoined: '{name} doet nu mee aan het gesprek.',
  aiReturned: 'De AI-assistent antwoordt weer.',
  personNotice: 'U chat met {name}.',
  editWhenAi: 'U kunt bewerken zodra de AI-assistent weer antwoordt.',
};
