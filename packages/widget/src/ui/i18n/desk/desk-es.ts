/** Texts about the people behind the chat in Spanish. */
import type { DeskStrings } from './desk-en.ts';

/** The Spanish texts. */
export const deskEs: DeskStrings = {
  personAwaited: 'Esperando a una persona…',
  personTyping: 'Escribiendo…',
  inQueue: 'Está esperando a una persona. Puede seguir escribiendo.',
  personJoined: '{name} se ha unido a la conversación.',
  aiReturned: 'Vuelve a responder el asistente de IA.',
  personNotice: 'Está hablando con {name}.',
  editWhenAi: 'Podrá editar cuando vuelva a responder el asistente de IA.',
};
