/** Texts of the menu in English, and the schema for all other languages. */
import type { PluralForms } from '../locale-format.ts';

/** Texts of the menu and of the views that it opens. Placeholders are written `{name}`. */
export interface MenuStrings {
  /** Menu entry: asks for a person. */
  askPerson: string;
  /** Menu entry and title of the conversation list. */
  history: string;
  /** Menu entry: download all data of the visitor. */
  exportData: string;
  /** Menu entry: erase all data of the visitor. */
  eraseData: string;
  /** Button that returns to the conversation. */
  back: string;
  /** Label of the search field. */
  search: string;
  /** The visitor has no conversations. */
  noConversations: string;
  /** The search has no results. */
  nothingFound: string;
  /** The list could not be loaded. */
  historyFailed: string;
  /** Button that loads older conversations. */
  loadMore: string;
  /** Button that renames a conversation. */
  rename: string;
  /** Label of the field for the new name. */
  renameField: string;
  /** Button that saves the new name. */
  save: string;
  /** Button that discards the new name. */
  cancel: string;
  /** Button that deletes a conversation. */
  remove: string;
  /** Asks for confirmation before deleting; `{title}` is the conversation. */
  removeAsks: string;
  /** Announced after deleting. */
  removed: string;
  /** Name of a conversation without a title. */
  untitled: string;
  /** Shown while the list loads. */
  loading: string;
  /** Announced number of results; `{count}`, by plural category. */
  found: PluralForms;
  /** Title of the confirmation before erasing all data. */
  eraseTitle: string;
  /** What erasing all data means. */
  eraseDetail: string;
  /** Button that erases all data. */
  eraseConfirm: string;
  /** Announced after erasing. */
  erased: string;
  /** Erasing failed. */
  eraseFailed: string;
  /** Something was not erased, because it must be kept. */
  eraseHeld: string;
  /** The download failed. */
  exportFailed: string;
  /** Title of the request for consent. */
  consentTitle: string;
  /** Text of the request for consent. */
  consentText: string;
  /** Link to the privacy policy. */
  consentLink: string;
  /** Button that gives consent. */
  agree: string;
  /** Button that declines. */
  notNow: string;
}

/** The English texts. */
export const menuEn: MenuStrings = {
  askPerson: 'Talk to a person',
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
  eraseHeld: 'Not everything was erased: some of it must be kept for now for legal reasons.',
  exportFailed: 'The download did not work. Please try again.',
  consentTitle: 'Before we start',
  consentText: 'This chat is answered by an AI. What you write is stored so that the answers can be given.',
  consentLink: 'More about privacy',
  agree: 'Agree and start',
  notNow: 'Not now',
};
