/** The texts of the menu in English, and the shape of every other language. */
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
