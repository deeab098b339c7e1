/** The texts of the menu and of what is behind it, by language: English until the language is here. */
import type { PluralForms } from '../locale-format.ts';

export interface MenuStrings {
  history: string;
  exportData: string;
  eraseData: string;
  back: string;
  search: string;
  noConversations: string;
  nothingFound: string;
  historyFailed: string;
  loadMore: string;
  rename: string;
  renameField: string;
  save: string;
  cancel: string;
  remove: string;
  /** With `{title}`. */
  removeAsks: string;
  removed: string;
  untitled: string;
  loading: string;
  found: PluralForms;
  eraseTitle: string;
  eraseDetail: string;
  eraseConfirm: string;
  erased: string;
  eraseFailed: string;
  exportFailed: string;
  consentTitle: string;
  consentText: string;
  consentLink: string;
  agree: string;
  notNow: string;
}

export const menuEn: MenuStrings = {
  history: 'Conversations',
  exportData: 'Download my data',
  eraseData: 'Erase my data',
  back: 'Back to the conversation',
  search: 'Search conversations',
  noConversations: 'No conversations yet.',
  nothingFound: 'Nothing found.',
  historyFailed: 'The conversations could not be loaded.',
  loadMore: 'Show more',
  rename: 'Rename',
  renameField: 'Name of the conversation',
  save: 'Save',
  cancel: 'Cancel',
  remove: 'Delete',
  removeAsks: 'Delete “{title}” for good?',
  removed: 'The conversation was deleted.',
  untitled: 'Conversation',
  loading: 'Loading…',
  found: { one: '{count} conversation', other: '{count} conversations' },
  eraseTitle: 'Erase everything?',
  eraseDetail: 'All your conversations and files are erased here and on the server. This cannot be undone.',
  eraseConfirm: 'Erase everything',
  erased: 'Everything was erased.',
  eraseFailed: 'Not everything could be erased. Please try again.',
  exportFailed: 'The download did not work. Please try again.',
  consentTitle: 'Before we start',
  consentText: 'This chat is answered by an AI. What you write is stored so that the answers can be given.',
  consentLink: 'More about privacy',
  agree: 'Agree and start',
  notNow: 'Not now',
};

const LOADS: Readonly<Record<string, () => Promise<MenuStrings>>> = {
  de: () => import('./menu-de.ts').then(({ menuDe }) => menuDe),
};

const languages = new Map<string, MenuStrings>([['en', menuEn]]); // as many as a page has languages

/** @param overrides the site's own texts @param changed called once the language is here: ask again */
export function menuStrings(
  locale: string,
  overrides: Readonly<Record<string, unknown>>,
  changed: () => void,
): MenuStrings {
  const language = locale.toLowerCase().split('-')[0] ?? '';
  const load = languages.has(language) ? undefined : LOADS[language];
  // A file that cannot be fetched is English.
  void load?.()
    .then((loaded) => languages.set(language, loaded))
    .then(changed, () => undefined);
  const strings = { ...(languages.get(language) ?? menuEn) };
  for (const [key, value] of Object.entries(overrides))
    if (key in strings && typeof value === 'string') Object.assign(strings, { [key]: value });
  return strings;
}
