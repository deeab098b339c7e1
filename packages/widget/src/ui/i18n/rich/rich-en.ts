/**
 * Texts of lazily loaded parts in English, kept out of the initial chunk. A site overrides them like the core texts.
 */
import type { PluralForms } from '../locale-format.ts';

/** Texts of rich parts, ratings and attachments. Placeholders are written `{name}`. */
export interface RichStrings {
  /** A message that was refused for a while and is sent by itself; `{time}` is a time such as 12 seconds. */
  sentAgain: string;
  /** Heading of the sources. */
  sources: string;
  /** Reasoning while it streams. */
  reasoningRunning: string;
  /** Heading of finished reasoning. */
  reasoning: string;
  /** State of a tool call: failed. */
  toolFailed: string;
  /** State of a tool call: declined. */
  toolRefused: string;
  /** State of a tool call: finished. */
  toolFinished: string;
  /** State of a tool call: needs approval. */
  toolWaiting: string;
  /** State of a tool call: running. */
  toolRunning: string;
  /** Heading of the input. */
  toolInput: string;
  /** Heading of the output. */
  toolOutput: string;
  /** Heading of the error. */
  toolError: string;
  /** State of a tool call whose answer ended before a decision. */
  toolUndecided: string;
  /** Asks for approval; `{tool}` is the name of the tool. */
  toolAsks: string;
  /** Button that approves a call. */
  approve: string;
  /** Button that declines a call. */
  refuse: string;
  /** The input cannot be shown as a whole, so it cannot be approved. */
  toolInputHidden: string;
  /** The edited input does not match the schema of the tool. */
  inputDoesNotFit: string;
  /** Another tab or person has decided already. */
  alreadyDecided: string;
  /** Announced after approving. */
  announceApproved: string;
  /** Announced after declining. */
  announceRefused: string;
  /** Label of the suggested replies. */
  suggestions: string;
  /** Button that submits a form without a text of its own. */
  formSubmit: string;
  /** A form that was submitted. */
  formSent: string;
  /** Heading of submitted values without a title. */
  formAnswer: string;
  /** Validation: a value is missing. */
  formRequired: string;
  /** Validation: not an e-mail address. */
  formEmail: string;
  /** Validation: not a valid value. */
  formInvalid: string;
  /** Empty option of a select field. */
  formChoose: string;
  /** Marks an optional field. */
  formOptional: string;
  /** Why a form cannot be submitted while an answer streams. */
  formWhenDone: string;
  /** Value of a checked checkbox. */
  yes: string;
  /** Value of an unchecked checkbox. */
  no: string;
  /** Name of the list with details of the sources. */
  sourceDetails: string;
  /** Name of a citation button; `{number}` and `{title}` of the source. */
  citation: string;
  /** Announced after rating. */
  feedbackThanks: string;
  /** Announced after withdrawing a rating. */
  feedbackTakenBack: string;
  /** Label of the field for a comment. */
  feedbackComment: string;
  /** Button that sends the comment. */
  feedbackSend: string;
  /** Button that skips the comment. */
  feedbackSkip: string;
  /** Announced after sending a comment. */
  feedbackSent: string;
  /** Button that attaches files. */
  attach: string;
  /** Name of the list of attached files. */
  attachments: string;
  /** Text of the drop target. */
  dropHere: string;
  /** Button that removes a file; `{name}` of the file, as in the next ones. */
  removeFile: string;
  /** Button that cancels an upload. */
  cancelUpload: string;
  /** Button that opens a file. */
  openFile: string;
  /** State of a file: uploading. */
  uploading: string;
  /** State of a file: uploaded. */
  uploaded: string;
  /** A file is too large; `{limit}` is a size. */
  fileTooLarge: string;
  /** The type of a file is not accepted; `{types}` lists the accepted ones. */
  fileWrongType: string;
  /** No files are accepted. */
  filesNotTaken: string;
  /** The limits; `{count}` files of `{limit}` and `{types}`. */
  fileLimits: string;
  /** Too many files; `{limit}` is a number. */
  fileTooMany: string;
  /** The visitor's storage quota is used up. */
  fileQuota: string;
  /** An upload failed. */
  fileFailed: string;
  /** A file was deleted or has expired. */
  fileGone: string;
  /** The model takes no such files; `{names}` of the files. */
  filesNotRead: string;
  /** The answer waits for its turn at the model. */
  waitsForTurn: string;
  /** The answer waits until a failed request is repeated. */
  waitsForRetry: string;
  /** Why nothing can be sent while files upload. */
  waitForFiles: string;
  /** Heading of the messages that wait until the answer is finished. */
  queueHint: string;
  /** Button that stops the answer, so that the next waiting message is sent. */
  sendNow: string;
  /** Remaining characters; `{count}`, by plural category. */
  charsLeft: PluralForms;
  /** Excess characters; `{count}`, by plural category. */
  charsOver: PluralForms;
}

/** The English texts. */
export const richEn: RichStrings = {
  sentAgain: 'That was a lot at once. Your message is kept and will be sent in {time}.',
  sources: 'Sources',
  reasoningRunning: 'Thinking…',
  reasoning: 'Thought about it',
  toolFailed: 'Did not work',
  toolRefused: 'Declined',
  toolFinished: 'Done',
  toolWaiting: 'Waiting for your approval',
  toolRunning: 'Working…',
  toolInput: 'Input',
  toolOutput: 'Result',
  toolError: 'Error',
  toolUndecided: 'Not decided',
  toolAsks: 'The assistant asks for your approval: {tool}.',
  approve: 'Approve',
  refuse: 'Decline',
  toolInputHidden: 'This request is too long to be shown. It can only be declined.',
  inputDoesNotFit: 'These values do not fit. Please check them.',
  alreadyDecided: 'This has been decided already.',
  announceApproved: 'Approved.',
  announceRefused: 'Declined.',
  suggestions: 'Suggested replies',
  formSubmit: 'Send',
  formSent: 'Sent',
  formAnswer: 'Your answers',
  formRequired: 'Please fill this in.',
  formEmail: 'Please enter an e-mail address, like name@example.com.',
  formInvalid: 'Please check this value.',
  formChoose: 'Choose…',
  formOptional: 'optional',
  formWhenDone: 'You can send this as soon as the answer is finished.',
  yes: 'Yes',
  no: 'No',
  sourceDetails: 'About the sources',
  citation: 'Source {number}: {title}',
  feedbackThanks: 'Thank you for your feedback.',
  feedbackTakenBack: 'Feedback taken back.',
  feedbackComment: 'Would you like to say why? (optional)',
  feedbackSend: 'Send',
  feedbackSkip: 'No, thanks',
  feedbackSent: 'Thank you, your comment was sent.',
  attach: 'Attach files',
  attachments: 'Attached files',
  dropHere: 'Drop files to attach them',
  removeFile: 'Remove {name}',
  cancelUpload: 'Cancel the upload of {name}',
  openFile: 'Open {name}',
  uploading: 'Uploading {name}',
  uploaded: '{name} is attached.',
  fileTooLarge: 'Larger than {limit}',
  fileWrongType: 'This type cannot be sent here. These can: {types}',
  filesNotTaken: 'Files cannot be sent here',
  fileLimits: 'At most {count} per message, {limit} each: {types}',
  fileTooMany: 'More files than a message takes ({limit})',
  fileQuota: 'You have sent as many files as you may for now',
  fileFailed: 'The upload failed',
  fileGone: 'This file is no longer here.',
  filesNotRead: 'The assistant cannot read this: {names}. You can describe it in words.',
  waitsForTurn: 'There are many questions at the moment. The answer comes in turn.',
  waitsForRetry: 'The model did not respond. It is being asked again.',
  waitForFiles: 'Wait for the uploads, or remove them.',
  queueHint: 'Sent when the answer is finished',
  sendNow: 'Stop the answer and send now',
  charsLeft: { one: '{count} character left', other: '{count} characters left' },
  charsOver: { one: '{count} character too many', other: '{count} characters too many' },
};
