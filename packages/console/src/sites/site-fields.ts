/** All fields of the form of a site, in groups, and the names of settings for people. */
import { BUDGETS, DESK, LIMITS, MODEL, STATE } from './fields-of-answers.ts';
import { OPTIONS, THEME, WIDGET_TEXTS } from './fields-of-widget.ts';
import type { FieldGroup } from './site-field.ts';

/** All groups, in the order of the form. */
export const GROUPS: readonly FieldGroup[] = [
  STATE,
  MODEL,
  WIDGET_TEXTS,
  THEME,
  OPTIONS,
  BUDGETS,
  LIMITS,
  DESK,
];

/** The names of settings that are shown and not edited here. */
export const FIXED_LABELS: Readonly<Record<string, string>> = {
  origins: 'Pages of these origins may show it',
  requireIdentity: 'Only for signed-in users',
  retentionDays: 'Days until a conversation is erased',
  allowClientTools: 'Tools of the page',
  fileTypes: 'Types of files',
  whenUnwatched: 'Answers without viewers',
  whenInterrupted: 'Answers of a gateway that died',
  reattach: 'Answers in the background',
  'proofOfWork.when': 'Proof of work: from whom',
  'proofOfWork.difficulty': 'Proof of work: difficulty',
  'proofOfWork.expiresAfterMs': 'Proof of work: expires after, in ms',
  'widget.strings': 'Further texts',
  'widget.header.imageUrl': 'Picture in the header',
  'widget.messages.linkBase': 'Base of relative links',
  'widget.messages.imageOrigins': 'Pictures in answers may come from',
  'widget.privacy.consent.text': 'Consent',
  'widget.privacy.consent.url': 'Link of the consent',
};

const LANGUAGE = /^widget\.locales\.([A-Za-z0-9-]+)\./;
/** The path of a text in a language; an empty one is that for all languages. */
export const inLanguage = (path: string, language: string): string =>
  language === '' ? path : path.replace('widget.', `widget.locales.${language}.`);
/** The language of the text at a path; empty when it is for all languages. */
export const languageOf = (path: string): string => LANGUAGE.exec(path)?.[1] ?? '';

const FIELDS = new Map(GROUPS.flatMap(({ fields }) => fields.map((field) => [field.path, field] as const)));

/** The name of a setting for people. */
export function labelOf(path: string): string {
  const language = languageOf(path);
  const plain = language === '' ? path : path.replace(LANGUAGE, 'widget.');
  const label = FIELDS.get(plain)?.label ?? FIXED_LABELS[plain] ?? plain;
  return language === '' ? label : `${label} (${language})`;
}

/** The id of the group with the field of a setting, or of a part of one. */
export const groupOf = (path: string): string | undefined => {
  const plain = path.replace(LANGUAGE, 'widget.');
  return GROUPS.find(({ fields }) => fields.some((field) => concernsField(plain, field.path)))?.id;
};

/** The field that a problem is about: that of the setting, or of the one that it is a part of. */
export function concernsField(problemPath: string, fieldPath: string): boolean {
  return problemPath === fieldPath || problemPath.startsWith(`${fieldPath}.`);
}
