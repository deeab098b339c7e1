/** The texts of what is fetched later, in English: kept out of what every page loads. A site overrides them like any other. */
import type { PluralForms } from '../locale-format.ts';

export interface MoreStrings {
  sources: string;
  reasoningRunning: string;
  reasoning: string;
  toolFailed: string;
  toolRefused: string;
  toolFinished: string;
  toolWaiting: string;
  toolRunning: string;
  toolInput: string;
  toolOutput: string;
  toolError: string;
  toolUndecided: string;
  /** With `{tool}`. */
  toolAsks: string;
  approve: string;
  approveEdited: string;
  editInput: string;
  refuse: string;
  inputField: string;
  inputIsNoJson: string;
  inputDoesNotFit: string;
  alreadyDecided: string;
  announceApproved: string;
  announceRefused: string;
  cancelEdit: string;
  suggestions: string;
  formSubmit: string;
  formSent: string;
  formAnswer: string;
  formRequired: string;
  formEmail: string;
  formInvalid: string;
  formChoose: string;
  formOptional: string;
  formWhenDone: string;
  yes: string;
  no: string;
  sourceDetails: string;
  /** With `{number}` and `{title}`. */
  citation: string;
  feedbackThanks: string;
  feedbackTakenBack: string;
  feedbackComment: string;
  feedbackSend: string;
  feedbackSkip: string;
  feedbackSent: string;
  attach: string;
  attachments: string;
  dropHere: string;
  /** With `{name}`, as the next ones. */
  removeFile: string;
  cancelUpload: string;
  openFile: string;
  uploading: string;
  uploaded: string;
  /** With `{limit}`. */
  fileTooLarge: string;
  /** With `{types}`. */
  fileWrongType: string;
  filesNotTaken: string;
  /** With `{count}`, `{limit}` and `{types}`. */
  fileLimits: string;
  /** With `{limit}`. */
  fileTooMany: string;
  fileQuota: string;
  fileFailed: string;
  fileGone: string;
  waitForFiles: string;
  /** With `{count}`, by plural category. */
  charsLeft: PluralForms;
  charsOver: PluralForms;
}

export const moreEn: MoreStrings = {
  sources: 'Sources',
  reasoningRunning: 'Thinking…',
  reasoning: 'Thought about it',
  toolFailed: 'Did not work',
  toolRefused: 'Not allowed',
  toolFinished: 'Done',
  toolWaiting: 'Waiting for your approval',
  toolRunning: 'Working…',
  toolInput: 'Input',
  toolOutput: 'Result',
  toolError: 'Error',
  toolUndecided: 'Not decided',
  toolAsks: 'The assistant asks for your approval: {tool}.',
  approve: 'Approve',
  approveEdited: 'Approve with changes',
  editInput: 'Edit',
  refuse: 'Refuse',
  inputField: 'Input, as JSON',
  inputIsNoJson: 'This is not valid JSON yet.',
  inputDoesNotFit: 'These values do not fit. Please check them.',
  alreadyDecided: 'This has been decided already.',
  announceApproved: 'Approved.',
  announceRefused: 'Refused.',
  cancelEdit: 'Cancel',
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
  waitForFiles: 'Wait for the uploads, or remove them.',
  charsLeft: { one: '{count} character left', other: '{count} characters left' },
  charsOver: { one: '{count} character too many', other: '{count} characters too many' },
};
