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
  askPerson: 'Mit einer Person sprechen',
  personAsking: 'Eine Person wird gerufen …',
  askPersonFirst: 'Schreiben Sie zuerst, worum es geht. Dann können Sie eine Person rufen.',
  nobodyThere:
    'Gerade ist niemand da. Hinterlassen Sie Ihre E-Mail-Adresse, dann melden wir uns. Sie können hier auch weiterschreiben.',
  addressName: 'Name (freiwillig)',
  addressEmail: 'E-Mail-Adresse',
  addressConsent:
    'Ich bin einverstanden, dass meine Adresse gespeichert wird, damit Sie mir antworten können.',
  addressSend: 'Absenden',
  addressSent: 'Danke. Wir melden uns per E-Mail.',
  addressEmailMissing: 'Bitte geben Sie eine gültige E-Mail-Adresse ein.',
  addressConsentMissing: 'Bitte stimmen Sie zu, damit wir Ihnen schreiben können.',
  notSent: 'Das hat nicht geklappt. Bitte versuchen Sie es erneut.',
};
