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
  askPerson: 'Parler à une personne',
  personAsking: 'Nous prévenons une personne…',
  askPersonFirst: 'Écrivez d’abord de quoi il s’agit. Vous pourrez ensuite demander à parler à une personne.',
  nobodyThere:
    'Personne n’est disponible pour le moment. Laissez votre adresse e-mail et nous vous répondrons. Vous pouvez aussi continuer à écrire ici.',
  addressName: 'Nom (facultatif)',
  addressEmail: 'Adresse e-mail',
  addressConsent: 'J’accepte que mon adresse soit enregistrée afin que vous puissiez me répondre.',
  addressSend: 'Envoyer',
  addressSent: 'Merci. Nous vous écrirons par e-mail.',
  addressEmailMissing: 'Veuillez saisir une adresse e-mail valide.',
  addressConsentMissing: 'Veuillez donner votre accord pour que nous puissions vous écrire.',
  notSent: 'Cela n’a pas fonctionné. Veuillez réessayer.',
};
