/** Texts of the menu in Dutch. */
import type { MenuStrings } from './menu-en.ts';

/** The Dutch texts. */
export const menuNl: MenuStrings = {
  askPerson: 'Met een medewerker praten',
  history: 'Gesprekken',
  exportData: 'Mijn gegevens downloaden',
  eraseData: 'Mijn gegevens wissen',
  back: 'Terug naar het gesprek',
  search: 'Gesprekken doorzoeken',
  noConversations: 'Nog geen gesprekken.',
  nothingFound: 'Niets gevonden.',
  historyFailed: 'De gesprekken konden niet worden geladen.',
  loadMore: 'Meer tonen',
  rename: 'Naam wijzigen',
  renameField: 'Naam van het gesprek',
  save: 'Opslaan',
  cancel: 'Annuleren',
  remove: 'Verwijderen',
  removeAsks: '“{title}” definitief verwijderen?',
  removed: 'Het gesprek is verwijderd.',
  untitled: 'Gesprek',
  loading: 'Laden…',
  found: { one: '{count} gesprek', other: '{count} gesprekken' },
  eraseTitle: 'Alles wissen?',
  eraseDetail:
    'Al je gesprekken en bestanden worden hier en op de server gewist. Dit kan niet ongedaan worden gemaakt.',
  eraseConfirm: 'Alles wissen',
  erased: 'Alles is gewist.',
  eraseFailed: 'Niet alles kon worden gewist. Probeer het opnieuw.',
  eraseHeld: 'Niet alles is gewist: een deel moet voorlopig om juridische redenen worden bewaard.',
  exportFailed: 'Het downloaden is niet gelukt. Probeer het opnieuw.',
  consentTitle: 'Voordat we beginnen',
  consentText:
    'In deze chat antwoordt een AI. Wat je schrijft, wordt opgeslagen zodat er antwoord kan komen.',
  consentLink: 'Meer over privacy',
  agree: 'Akkoord en beginnen',
  notNow: 'Niet nu',
};
