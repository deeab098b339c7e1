/** Texts of the menu in German. */
import type { MenuStrings } from './menu-en.ts';

/** The German texts. */
export const menuDe: MenuStrings = {
  askPerson: 'Mit einer Person sprechen',
  history: 'Unterhaltungen',
  exportData: 'Meine Daten herunterladen',
  eraseData: 'Meine Daten löschen',
  back: 'Zurück zur Unterhaltung',
  search: 'Unterhaltungen durchsuchen',
  noConversations: 'Noch keine Unterhaltungen.',
  nothingFound: 'Nichts gefunden.',
  historyFailed: 'Die Unterhaltungen konnten nicht geladen werden.',
  loadMore: 'Mehr anzeigen',
  rename: 'Umbenennen',
  renameField: 'Name der Unterhaltung',
  save: 'Speichern',
  cancel: 'Abbrechen',
  remove: 'Löschen',
  removeAsks: '„{title}“ endgültig löschen?',
  removed: 'Die Unterhaltung wurde gelöscht.',
  untitled: 'Unterhaltung',
  loading: 'Wird geladen …',
  found: { one: '{count} Unterhaltung', other: '{count} Unterhaltungen' },
  eraseTitle: 'Alles löschen?',
  eraseDetail:
    'Alle Ihre Unterhaltungen und Dateien werden hier und auf dem Server gelöscht. Das lässt sich nicht rückgängig machen.',
  eraseConfirm: 'Alles löschen',
  erased: 'Alles wurde gelöscht.',
  eraseFailed: 'Es konnte nicht alles gelöscht werden. Bitte versuchen Sie es erneut.',
  eraseHeld:
    'Es wurde nicht alles gelöscht: Ein Teil muss aus rechtlichen Gründen vorerst aufbewahrt werden.',
  exportFailed: 'Das Herunterladen hat nicht funktioniert. Bitte versuchen Sie es erneut.',
  consentTitle: 'Bevor es losgeht',
  consentText:
    'In diesem Chat antwortet eine KI. Was Sie schreiben, wird gespeichert, damit Antworten möglich sind.',
  consentLink: 'Mehr zum Datenschutz',
  agree: 'Einverstanden',
  notNow: 'Jetzt nicht',
};
