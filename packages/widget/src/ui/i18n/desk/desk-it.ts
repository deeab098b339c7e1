/** Texts about the people behind the chat in Italian. */
import type { DeskStrings } from './desk-en.ts';

/** The Italian texts. */
export const deskIt: DeskStrings = {
  personAwaited: 'In attesa di una persona…',
  personTyping: 'Sta scrivendo…',
  inQueue: 'È in attesa di una persona. Può continuare a scrivere.',
  personJoined: '{name} partecipa ora alla conversazione.',
  aiReturned: 'Ora risponde di nuovo l’assistente IA.',
  personNotice: 'Sta parlando con {name}.',
  editWhenAi: 'Potrà modificare quando risponderà di nuovo l’assistente IA.',
};
