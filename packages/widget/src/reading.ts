/**
 * What the operator’s console renders messages with, and writes them in, so that its readers see what the visitor saw. It is not part of the published
 * package: the console is built from these modules.
 */
export { html, keyed, nothing, render, type TemplateResult } from './ui/lit/lit.ts';
export { ReactiveElement, type PropertyValues } from './ui/lit/reactive-element.ts';
export { adoptStyles } from './ui/styles/styles.ts';
export { en, type Strings } from './ui/i18n/core/en.ts';
export { dayOf } from './ui/i18n/day-of.ts';
export { loadErrorTexts } from './ui/i18n/error-texts.ts';
export { answerOptionsOf, type AnswerOptions } from './ui/message/answer-options.ts';
export { messageTools } from './ui/message/message-tools.ts';
export { RivuletMarkdown } from './ui/message/rivulet-markdown.ts';
export { RivuletMessage, type MessageTools, type RichParts } from './ui/message/rivulet-message.ts';
export { createRich, prepareRich } from './ui/rich/rich.ts';
export { INTENT, type Intent } from './ui/app/intents.ts';
export type { ComposerAddon } from './ui/composer/composer-addon-contract.ts';
export { attachIcon, removeIcon } from './ui/composer/attachments/attachment-icons.ts';
export { attachmentStyles } from './ui/composer/attachments/attachment-styles.ts';
export { fileIcon } from './ui/rich/rich-icons.ts';
export { richStyles } from './ui/rich/rich-styles.ts';
export { RivuletComposer } from './ui/composer/rivulet-composer.ts';
export { deskStyles } from './ui/desk/desk-styles.ts';
export { renderFace } from './ui/desk/face.ts';
export { createNotices } from './ui/desk/notices.ts';
export { ownerChanges } from './ui/desk/owner-changes.ts';
export { deskEn } from './ui/i18n/desk/desk-en.ts';
export {
  EMPTY_TRANSCRIPT,
  keyOf,
  show,
  type Shown,
  type TranscriptItem,
} from './ui/transcript/transcript-items.ts';
export type { AppSettings } from './shell/app-contract.ts';
