/** The table of options: each row is one option of the widget, named by its path in `ChatOptions`. */
import type { Field, FieldGroup } from './field.ts';
import { LOCALES, nameOf } from './locales.ts';
import {
  ACTIONS,
  FONTS,
  TEXT_SCALES,
  MODES,
  POSITIONS,
  READ_OUT,
  SCHEMES,
  SCROLLING,
} from './option-labels.ts';

/** The URL of the gateway that `npm start` of this repository starts. */
export const GATEWAY = 'http://127.0.0.1:8787';

/** The sections of the form, in order. */
export const FIELD_GROUPS: readonly FieldGroup[] = [
  {
    title: 'Look',
    isOpen: true,
    fields: [
      { kind: 'radio', path: 'mode', label: 'Mode', labels: MODES, initial: 'floating' },
      {
        kind: 'radio',
        path: 'launcher.position',
        label: 'Position',
        labels: POSITIONS,
        initial: 'end',
        hint: 'The corner of the launcher and its panel, relative to the reading direction.',
      },
      { kind: 'radio', path: 'theme.scheme', label: 'Scheme', labels: SCHEMES, initial: 'auto' },
      { kind: 'colour', path: 'theme.tokens.accent', label: 'Accent', initial: '#0b6b75' },
      { kind: 'pixels', path: 'theme.tokens.radius', label: 'Radius', placeholder: '16', min: 0, max: 40 },
      { kind: 'select', path: 'theme.tokens.font', label: 'Font', labels: FONTS, initial: '' },
      { kind: 'select', path: 'theme.tokens.text-scale', label: 'Text', labels: TEXT_SCALES, initial: '' },
      {
        kind: 'url',
        path: 'header.imageUrl',
        label: 'Picture',
        placeholder: 'https://example.com/logo.svg',
        hint: 'Shown beside the title instead of the default picture.',
      },
    ],
  },
  {
    title: 'Words and language',
    isOpen: true,
    fields: [
      {
        kind: 'select',
        path: 'locale',
        label: 'Locale',
        labels: { '': 'The page’s own', ...Object.fromEntries(LOCALES.map((tag) => [tag, nameOf(tag)])) },
        initial: '',
      },
      {
        kind: 'switch',
        path: 'preview.isDirected',
        label: 'The page’s direction follows the locale',
        initial: true,
        hint: 'Affects only this preview; your page sets its own direction.',
      },
      { kind: 'text', path: 'header.title', label: 'Title', placeholder: 'Assistant' },
      { kind: 'text', path: 'start.greeting', label: 'Greeting', placeholder: 'Hi! How can I help?' },
      { kind: 'text', path: 'start.detail', label: 'Detail', placeholder: 'Ask me anything.' },
      {
        kind: 'text',
        path: 'start.aiNotice',
        label: 'Note on the AI',
        placeholder: 'You are chatting with an AI assistant. It can make mistakes.',
      },
      {
        kind: 'text',
        path: 'composer.placeholder',
        label: 'Placeholder',
        placeholder: 'Write a message…',
      },
      { kind: 'list', path: 'start.prompts', label: 'Prompt', count: 4, placeholder: 'A question to offer' },
    ],
  },
  {
    title: 'Gateway',
    isOpen: false,
    fields: [
      { kind: 'url', path: 'connection.gateway', label: 'Gateway URL', placeholder: GATEWAY },
      { kind: 'text', path: 'connection.site', label: 'Site', placeholder: 'demo' },
    ],
  },
  {
    title: 'Size and place',
    isOpen: false,
    fields: [
      { kind: 'pixels', path: 'theme.tokens.width', label: 'Width', placeholder: '408', min: 280, max: 960 },
      {
        kind: 'pixels',
        path: 'theme.tokens.height',
        label: 'Height',
        placeholder: '704, inline 600',
        min: 280,
        max: 1200,
      },
      {
        kind: 'pixels',
        path: 'theme.tokens.offset',
        label: 'Offset from the edges',
        placeholder: '16',
        min: 0,
        max: 200,
      },
      {
        kind: 'pixels',
        path: 'theme.tokens.offset-inline',
        label: 'Offset from the side',
        placeholder: 'as from the edges',
        min: 0,
        max: 400,
      },
    ],
  },
  {
    title: 'Launcher',
    isOpen: false,
    fields: [
      {
        kind: 'text',
        path: 'launcher.teaser',
        label: 'Teaser',
        placeholder: 'Questions? I am here.',
        hint: 'Shown beside the launcher until the visitor opens the panel.',
      },
      {
        kind: 'switch',
        path: 'launcher.hasTitleBadge',
        label: 'Unread answers in the title',
        initial: false,
      },
      { kind: 'switch', path: 'launcher.hasSound', label: 'A soft sound for a new answer', initial: false },
      {
        kind: 'switch',
        path: 'launcher.isHidden',
        label: 'No launcher',
        initial: false,
        hint: 'Your page opens the chat with open(), like the button above the preview.',
      },
    ],
  },
  {
    title: 'Messages',
    isOpen: false,
    fields: [
      {
        kind: 'select',
        path: 'messages.scrolling',
        label: 'Scrolling',
        labels: SCROLLING,
        initial: 'anchor',
      },
      { kind: 'checkboxes', path: 'messages.actions', label: 'Actions', labels: ACTIONS },
      { kind: 'select', path: 'messages.readOut', label: 'Read out', labels: READ_OUT, initial: 'text' },
      {
        kind: 'count',
        path: 'composer.maxChars',
        label: 'Longest message',
        placeholder: 'the gateway’s',
        unit: 'characters',
        min: 1,
        max: 1_000_000,
      },
      { kind: 'switch', path: 'messages.hasMath', label: 'Formulas between dollar signs', initial: false },
      {
        kind: 'origins',
        path: 'messages.imageOrigins',
        label: 'Image origins',
        placeholder: 'https://images.example',
        hint: 'Separated by spaces; * allows any origin.',
      },
    ],
  },
  {
    title: 'Data and privacy',
    isOpen: false,
    fields: [
      { kind: 'switch', path: 'history.isEnabled', label: 'Earlier conversations', initial: true },
      { kind: 'switch', path: 'privacy.canExport', label: 'Visitors may download their data', initial: true },
      { kind: 'switch', path: 'privacy.canErase', label: 'Visitors may erase their data', initial: true },
      {
        kind: 'text',
        path: 'privacy.consent.text',
        label: 'Consent text',
        placeholder: 'We keep your messages for 30 days.',
      },
      {
        kind: 'url',
        path: 'privacy.consent.url',
        label: 'Consent link',
        placeholder: 'https://example.com/privacy',
      },
    ],
  },
  {
    title: 'Attachments',
    isOpen: false,
    fields: [
      { kind: 'switch', path: 'attachments.isEnabled', label: 'Attachments', initial: false },
      {
        kind: 'text',
        path: 'attachments.accept',
        label: 'Types',
        placeholder: 'image/*,.pdf',
        hint: 'In the format of the accept attribute of a file input.',
      },
      {
        kind: 'count',
        path: 'attachments.maxFiles',
        label: 'Files a message',
        placeholder: '5',
        unit: 'files',
        min: 1,
        max: 100,
      },
      {
        kind: 'count',
        path: 'attachments.maxBytes',
        label: 'Largest file',
        placeholder: '10000000',
        unit: 'bytes',
        min: 1,
        max: 1_073_741_824,
      },
    ],
  },
  {
    title: 'For developers',
    isOpen: false,
    fields: [
      {
        kind: 'switch',
        path: 'connection.hasTiming',
        label: 'Measure answers',
        initial: false,
        hint: 'The results are shown below the preview.',
      },
      {
        kind: 'switch',
        path: 'preview.hasHook',
        label: 'A hook that sends in capitals',
        initial: false,
        hint: 'An example of the before-send hook.',
      },
    ],
  },
];

/** All rows of all sections. */
export const FIELDS: readonly Field[] = FIELD_GROUPS.flatMap(({ fields }) => fields);
