/** Texts about the people behind the chat in German. */
import type { DeskStrings } from './desk-en.ts';

/** The German texts. */
export const deskDe: DeskStrings = {
  personAwaited: 'Wartet auf eine Person …',
  personTyping: 'Schreibt …',
  inQueue: 'Sie warten auf eine Person aus dem Team. Sie können weiter schreiben.',
  personJoined: '{name} ist jetzt dabei.',
  aiReturned: 'Jetzt antwortet wieder die KI.',
  personNotice: 'Sie schreiben mit {name}.',
  editWhenAi: 'Bearbeiten können Sie, sobald wieder die KI antwortet.',
};
