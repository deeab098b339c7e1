/** Texts of the menu in Italian. */
import type { MenuStrings } from './menu-en.ts';

/** The Italian texts. */
export const menuIt: MenuStrings = {
  askPerson: 'Parla con una persona',
  history: 'Conversazioni',
  exportData: 'Scarica i miei dati',
  eraseData: 'Cancella i miei dati',
  back: 'Torna alla conversazione',
  search: 'Cerca nelle conversazioni',
  noConversations: 'Ancora nessuna conversazione.',
  nothingFound: 'Nessun risultato.',
  historyFailed: 'Non è stato possibile caricare le conversazioni.',
  loadMore: 'Mostra altro',
  rename: 'Rinomina',
  renameField: 'Nome della conversazione',
  save: 'Salva',
  cancel: 'Annulla',
  remove: 'Elimina',
  removeAsks: 'Eliminare definitivamente «{title}»?',
  removed: 'La conversazione è stata eliminata.',
  untitled: 'Conversazione',
  loading: 'Caricamento…',
  found: { one: '{count} conversazione', other: '{count} conversazioni' },
  eraseTitle: 'Cancellare tutto?',
  eraseDetail:
    'Tutte le conversazioni e i file vengono cancellati qui e sul server. L’operazione non si può annullare.',
  eraseConfirm: 'Cancella tutto',
  erased: 'È stato cancellato tutto.',
  eraseFailed: 'Non è stato possibile cancellare tutto. Riprova.',
  eraseHeld: 'Non tutto è stato cancellato: una parte deve essere conservata per ora per motivi legali.',
  exportFailed: 'Il download non è riuscito. Riprova.',
  consentTitle: 'Prima di iniziare',
  consentText: 'In questa chat risponde un’IA. Ciò che viene scritto è conservato per poter rispondere.',
  consentLink: 'Maggiori informazioni sulla privacy',
  agree: 'Accetta e inizia',
  notNow: 'Non ora',
};
