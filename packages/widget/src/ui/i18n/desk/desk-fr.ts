/** Texts about the people behind the chat in French. */
import type { DeskStrings } from './desk-en.ts';

/** The French texts. */
export const deskFr: DeskStrings = {
  personAwaited: 'En attente d’une personne…',
  personTyping: 'En train d’écrire…',
  inQueue: 'Vous attendez une personne. Vous pouvez continuer à écrire.',
  personJoined: '{name} a rejoint la conversation.',
  aiReturned: 'L’assistant IA répond à nouveau.',
  personNotice: 'Vous discutez avec {name}.',
  editWhenAi: 'Vous pourrez modifier dès que l’assistant IA répondra à nouveau.',
};
