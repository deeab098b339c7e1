/** Texts of the menu in French. */
import type { MenuStrings } from './menu-en.ts';

/** The French texts. */
export const menuFr: MenuStrings = {
  askPerson: 'Parler à une personne',
  history: 'Conversations',
  exportData: 'Télécharger mes données',
  eraseData: 'Effacer mes données',
  back: 'Retour à la conversation',
  search: 'Rechercher dans les conversations',
  noConversations: 'Aucune conversation pour l’instant.',
  nothingFound: 'Aucun résultat.',
  historyFailed: 'Les conversations n’ont pas pu être chargées.',
  loadMore: 'Afficher plus',
  rename: 'Renommer',
  renameField: 'Nom de la conversation',
  save: 'Enregistrer',
  cancel: 'Annuler',
  remove: 'Supprimer',
  removeAsks: 'Supprimer définitivement « {title} » ?',
  removed: 'La conversation a été supprimée.',
  untitled: 'Conversation',
  loading: 'Chargement…',
  found: { one: '{count} conversation', other: '{count} conversations' },
  eraseTitle: 'Tout effacer ?',
  eraseDetail:
    'Toutes vos conversations et tous vos fichiers seront effacés ici et sur le serveur. Cette action est irréversible.',
  eraseConfirm: 'Tout effacer',
  erased: 'Tout a été effacé.',
  eraseFailed: 'Tout n’a pas pu être effacé. Veuillez réessayer.',
  eraseHeld:
    'Tout n’a pas été effacé : une partie doit être conservée pour l’instant pour des raisons juridiques.',
  exportFailed: 'Le téléchargement a échoué. Veuillez réessayer.',
  consentTitle: 'Avant de commencer',
  consentText:
    'Une IA répond dans cette discussion. Ce que vous écrivez est enregistré afin de pouvoir vous répondre.',
  consentLink: 'En savoir plus sur la confidentialité',
  agree: 'Accepter et commencer',
  notNow: 'Pas maintenant',
};
