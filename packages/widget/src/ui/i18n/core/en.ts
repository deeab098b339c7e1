/** Core texts of the user interface in English, and the schema for all other languages. */
import type { ErrorCode } from '@rivulet/protocol';
import type { PluralForms } from '../locale-format.ts';

/** Core texts. Placeholders are written `{name}`. */
export interface Strings {
  /** Name of the launcher while the panel is closed. */
  launcherOpen: string;
  /** Name of the launcher while the panel is open. */
  launcherClose: string;
  /** Title of the panel. */
  title: string;
  /** Greeting of an empty conversation. */
  greeting: string;
  /** Text below the greeting. */
  greetingDetail: string;
  /** Suggested first messages. */
  prompts: readonly string[];
  /** Says that an AI answers, before the first message; empty: nothing is said. */
  aiNotice: string;
  /** Placeholder of the composer. */
  placeholder: string;
  /** Name of the text field. */
  composerLabel: string;
  /** Send button. */
  send: string;
  /** Stop button. */
  stop: string;
  /** Button that closes the panel. */
  close: string;
  /** Button that makes the panel larger, and smaller again. */
  enlarge: string;
  /** Button that dismisses the teaser. */
  dismiss: string;
  /** Button that begins a new conversation. */
  newConversation: string;
  /** Button that opens the menu. */
  menu: string;
  /** Name of the list of messages. */
  transcript: string;
  /** Name of the visitor as an author. */
  you: string;
  /** Name of the assistant as an author. */
  assistant: string;
  /** Name of a human operator as an author. */
  agent: string;
  /** Status: not connected yet. */
  statusIdle: string;
  /** Status: connecting. */
  statusConnecting: string;
  /** Status: connected. */
  statusOnline: string;
  /** Status: connection lost, trying again. */
  statusReconnecting: string;
  /** Status: the first attempts to connect have failed. */
  statusUnreachable: string;
  /** Status: no network. */
  statusOffline: string;
  /** Status: closed for good. */
  statusClosed: string;
  /** Status: an answer is streaming. */
  statusAnswering: string;
  /** Banner while the connection is being restored. */
  lineReconnecting: string;
  /** Banner while there is no network. */
  lineOffline: string;
  /** Banner while the first attempts to connect have failed. */
  lineUnreachable: string;
  /** Message that is queued until there is a connection. */
  waiting: string;
  /** Message that is being sent. */
  sending: string;
  /** Button that copies a message or code. */
  copy: string;
  /** Confirmation after copying. */
  copied: string;
  /** The browser does not allow copying. */
  copyFailed: string;
  /** Name of the button that copies a code block. */
  copyCode: string;
  /** Name of the scroll container around a table. */
  table: string;
  /** Placeholder for an image without a description. */
  image: string;
  /** Name of the checkbox of a task. */
  task: string;
  /** Button that regenerates an answer. */
  regenerate: string;
  /** Button that shows the previous version of a message. */
  previousVersion: string;
  /** Button that shows the next version of a message. */
  nextVersion: string;
  /** Announced position among the versions; `{place}` of `{count}`. */
  versionPlace: string;
  /** Button that edits a message. */
  edit: string;
  /** Button that saves an edit. */
  save: string;
  /** Button that rates an answer as good. */
  feedbackUp: string;
  /** Button that rates an answer as bad. */
  feedbackDown: string;
  /** Button that discards an edit. */
  cancel: string;
  /** Why editing is not possible while an answer streams. */
  editWhenDone: string;
  /** Why editing is not possible while offline. */
  editWhenOnline: string;
  /** Button that sends or generates again. */
  retry: string;
  /** Button that removes a message that was not sent. */
  discard: string;
  /** The visitor stopped the answer. */
  stopped: string;
  /** The answer reached the length limit. */
  cutLength: string;
  /** Button that scrolls to the latest message. */
  toLatest: string;
  /** Number of new messages out of view; `{count}`, by plural category. */
  newMessages: PluralForms;
  /** Shown while a conversation loads. */
  loading: string;
  /** Announced when an answer begins. */
  announceStarted: string;
  /** Announced when an answer is complete but not read out. */
  announceReady: string;
  /** Announced when an answer was stopped. */
  announceStopped: string;
  /** Error without a text of its own. */
  error: string;
  /** Where an error is found in the gateway's log; `{ref}` is its id. */
  errorRef: string;
  /** Whether `errors` has only texts of the site: those in English are loaded with the first error. */
  lacksErrors?: boolean;
  /** Texts by error code, with what the visitor can do. A code without a text uses `error`. */
  errors: Readonly<Partial<Record<ErrorCode, string>>>;
}

/** The English texts. */
export const en: Strings = {
  launcherOpen: 'Open chat',
  launcherClose: 'Close chat',
  title: 'Assistant',
  greeting: 'Hi! How can I help?',
  greetingDetail: 'Ask me anything. I answer right away.',
  prompts: ['What can you help me with?', 'How do I get started?', 'Show me an example'],
  aiNotice: 'You are chatting with an AI assistant. It can make mistakes.',
  placeholder: 'Write a message…',
  composerLabel: 'Message',
  send: 'Send',
  stop: 'Stop answering',
  close: 'Close chat',
  enlarge: 'Enlarge',
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
  statusUnreachable: 'Not connected',
  statusOffline: 'Offline',
  statusClosed: 'Not available',
  statusAnswering: 'Answering…',
  lineReconnecting: 'Reconnecting… Nothing is lost.',
  lineOffline: 'You are offline. Messages are sent when the connection is back.',
  lineUnreachable: 'The chat cannot be reached. Messages are sent as soon as it is back.',
  waiting: 'Waiting for the connection',
  sending: 'Sending…',
  copy: 'Copy',
  copied: 'Copied',
  copyFailed: 'Could not copy',
  copyCode: 'Copy code',
  table: 'Table',
  image: 'Image',
  task: 'Task',
  regenerate: 'Regenerate',
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
  toLatest: 'To the latest message',
  newMessages: { one: '{count} new message', other: '{count} new messages' },
  loading: 'Loading the conversation…',
  announceStarted: 'The assistant is answering.',
  announceReady: 'The answer is ready.',
  announceStopped: 'The answer was stopped.',
  error: 'Something went wrong. Please try again.',
  errorRef: 'Reference: {ref}',
  lacksErrors: true,
  errors: {},
};
