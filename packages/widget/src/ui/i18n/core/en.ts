/** The texts of the user interface in English, and the shape of every other language. */
import type { ErrorCode } from '@rivulet/protocol';
import type { PluralForms } from '../locale-format.ts';

export interface Strings {
  launcherOpen: string;
  launcherClose: string;
  title: string;
  greeting: string;
  greetingDetail: string;
  prompts: readonly string[];
  placeholder: string;
  composerLabel: string;
  send: string;
  stop: string;
  close: string;
  dismiss: string;
  newConversation: string;
  menu: string;
  transcript: string;
  you: string;
  assistant: string;
  agent: string;
  statusIdle: string;
  statusConnecting: string;
  statusOnline: string;
  statusReconnecting: string;
  statusOffline: string;
  statusClosed: string;
  statusAnswering: string;
  lineReconnecting: string;
  lineOffline: string;
  waiting: string;
  sending: string;
  copy: string;
  copied: string;
  copyCode: string;
  table: string;
  image: string;
  task: string;
  regenerate: string;
  /** Of several answers, or wordings of a question, the one before. */
  previousVersion: string;
  nextVersion: string;
  /** With `{place}` and `{count}`. */
  versionPlace: string;
  edit: string;
  save: string;
  feedbackUp: string;
  feedbackDown: string;
  cancel: string;
  editWhenDone: string;
  editWhenOnline: string;
  retry: string;
  discard: string;
  stopped: string;
  cutLength: string;
  cutInterrupted: string;
  blocked: string;
  toLatest: string;
  /** With `{count}`, by plural category. */
  newMessages: PluralForms;
  loading: string;
  announceStarted: string;
  announceReady: string;
  announceStopped: string;
  error: string;
  /** In human words, with what to do; a code without one falls back to `error`. */
  errors: Readonly<Partial<Record<ErrorCode, string>>>;
}

export const en: Strings = {
  launcherOpen: 'Open chat',
  launcherClose: 'Close chat',
  title: 'Assistant',
  greeting: 'Hi! How can I help?',
  greetingDetail: 'Ask me anything. I answer right away.',
  prompts: ['What can you help me with?', 'How do I get started?', 'Show me an example'],
  placeholder: 'Write a message…',
  composerLabel: 'Message',
  send: 'Send',
  stop: 'Stop answering',
  close: 'Close chat',
  dismiss: 'Dismiss',
  newConversation: 'New conversation',
  menu: 'Menu',
  transcript: 'Conversation',
  you: 'You',
  assistant: 'Assistant',
  agent: 'Team',
  statusIdle: 'Ready when you are',
  statusConnecting: 'Connecting…',
  statusOnline: 'Online',
  statusReconnecting: 'Reconnecting…',
  statusOffline: 'Offline',
  statusClosed: 'Not available',
  statusAnswering: 'Answering…',
  lineReconnecting: 'Reconnecting… Nothing is lost.',
  lineOffline: 'You are offline. Messages are sent when the connection is back.',
  waiting: 'Waiting for the connection',
  sending: 'Sending…',
  copy: 'Copy',
  copied: 'Copied',
  copyCode: 'Copy code',
  table: 'Table',
  image: 'Image',
  task: 'Task',
  regenerate: 'Answer again',
  previousVersion: 'Previous version',
  nextVersion: 'Next version',
  versionPlace: '{place} of {count}',
  edit: 'Edit',
  save: 'Save and send',
  feedbackUp: 'Good answer',
  feedbackDown: 'Bad answer',
  cancel: 'Cancel',
  editWhenDone: 'You can edit as soon as the answer is finished.',
  editWhenOnline: 'You can edit as soon as the connection is back.',
  retry: 'Try again',
  discard: 'Remove',
  stopped: 'You stopped this answer.',
  cutLength: 'The answer reached its length limit and ends here.',
  cutInterrupted: 'The answer was interrupted and is not complete.',
  blocked: 'This answer was withheld by a content policy.',
  toLatest: 'To the latest message',
  newMessages: { one: '{count} new message', other: '{count} new messages' },
  loading: 'Loading the conversation…',
  announceStarted: 'The assistant is answering.',
  announceReady: 'The answer is ready.',
  announceStopped: 'The answer was stopped.',
  error: 'Something went wrong. Please try again.',
  errors: {
    'too-large': 'That message is too long. Please shorten it.',
    unauthenticated: 'Your session has expired. Please reload the page.',
    forbidden: 'You are not allowed to do that here.',
    'origin-denied': 'The chat is not set up for this website yet.',
    unsupported: 'This page is out of date. Please reload it.',
    'not-found': 'This conversation is no longer here. Start a new one.',
    busy: 'An answer is still being written. Wait for it or stop it first.',
    'rate-limited': 'That was a lot at once. Wait a moment, then try again.',
    'quota-exceeded': 'The chat has reached its limit for now. Please come back later.',
    'content-blocked': 'This message cannot be answered here. Please rephrase it.',
    'context-length': 'This conversation has become too long. Start a new one.',
    'upstream-rate-limited': 'There is a lot going on right now. Try again in a moment.',
    'upstream-overloaded': 'There is a lot going on right now. Try again in a moment.',
    'upstream-timeout': 'The answer took too long to begin. Please try again.',
    'upstream-stalled': 'The answer stopped halfway. Please try again.',
    'upstream-truncated': 'The answer broke off before its end.',
    'upstream-failed': 'The assistant cannot be reached right now. Please try again later.',
    interrupted: 'The answer was interrupted. Please try again.',
  },
};
