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
  askPerson: 'Parla con una persona',
  personAsking: 'Stiamo avvisando una persona…',
  askPersonFirst: 'Scriva prima di che cosa si tratta. Poi potrà chiedere di parlare con una persona.',
  nobodyThere:
    'Al momento non c’è nessuno. Lasci il Suo indirizzo e-mail e Le risponderemo. Può anche continuare a scrivere qui.',
  addressName: 'Nome (facoltativo)',
  addressEmail: 'Indirizzo e-mail',
  addressConsent: 'Accetto che il mio indirizzo venga salvato per ricevere una risposta.',
  addressSend: 'Invia',
  addressSent: 'Grazie. Le scriveremo via e-mail.',
  addressEmailMissing: 'Inserisca un indirizzo e-mail valido.',
  addressConsentMissing: 'Dia il Suo consenso affinché possiamo scriverLe.',
  notSent: 'Non ha funzionato. Riprovi.',
};
