/** The table of what a person can choose: each row is one option of the widget, named by its path in `ChatOptions`. */
import type { Field, FieldGroup } from './field.ts';
import { LOCALES, nameOf } from './locales.ts';
import { ACTIONS, FONTS, MODES, POSITIONS, READ_OUT, SCHEMES, SCROLLING } from './words.ts';

/** Where `npm start` of this repository has the gateway. */
export const GATEWAY = 'http://127.0.0.1:8787';

export const FIELD_GROUPS: readonly FieldGroup[] = [
  {
    title: 'Look',
    isOpen: true,
    fields: [
      { kind: 'one', path: 'mode', label: 'Mode', words: MODES, initial: 'floating' },
      {
        kind: 'one',
        path: 'launcher.position',
        label: 'Position',
        words: POSITIONS,
        initial: 'end',
        hint: 'Of the launcher and its panel, in the direction of reading.',
      },
      { kind: 'one', path: 'theme.scheme', label: 'Scheme', words: SCHEMES, initial: 'auto' },
      { kind: 'colour', path: 'theme.tokens.accent', label: 'Accent', initial: '#0b6b75' },
      { kind: 'pixels', path: 'theme.tokens.radius', label: 'Radius', placeholder: '16', min: 0, max: 40 },
      { kind: 'pick', path: 'theme.tokens.font', label: 'Font', words: FONTS, initial: '' },
      {
        kind: 'address',
        path: 'header.imageUrl',
        label: 'Picture',
        placeholder: 'https://example.com/logo.svg',
        hint: 'Beside the title, in place of the mark.',
      },
    ],
  },
  {
    title: 'Words and language',
    isOpen: true,
    fields: [
      {
        kind: 'pick',
        path: 'locale',
        label: 'Locale',
        words: { '': 'The page’s own', ...Object.fromEntries(LOCALES.map((tag) => [tag, nameOf(tag)])) },
        initial: '',
      },
      {
        kind: 'switch',
        path: 'preview.isDirected',
        label: 'The page’s direction follows the locale',
        initial: true,
        hint: 'Of this preview alone; your page has its own.',
      },
      { kind: 'text', path: 'header.title', label: 'Title', placeholder: 'Assistant' },
      { kind: 'text', path: 'start.greeting', label: 'Greeting', placeholder: 'Hi! How can I help?' },
      { kind: 'text', path: 'start.detail', label: 'Detail', placeholder: 'Ask me anything.' },
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
      { kind: 'address', path: 'connection.gateway', label: 'Gateway URL', placeholder: GATEWAY },
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
        hint: 'Beside a closed launcher, until the visitor has opened the panel.',
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
        hint: 'Your page calls open(), as the button above the preview does.',
      },
    ],
  },
  {
    title: 'Messages',
    isOpen: false,
    fields: [
      { kind: 'pick', path: 'messages.scrolling', label: 'Scrolling', words: SCROLLING, initial: 'anchor' },
      { kind: 'several', path: 'messages.actions', label: 'Actions', words: ACTIONS },
      { kind: 'pick', path: 'messages.readOut', label: 'Read out', words: READ_OUT, initial: 'text' },
      {
        kind: 'count',
        path: 'composer.maxChars',
        label: 'Longest message',
        placeholder: 'the gateway’s',
        unit: 'letters',
        min: 1,
        max: 1_000_000,
      },
      { kind: 'switch', path: 'messages.hasMath', label: 'Formulas between dollar signs', initial: false },
      {
        kind: 'origins',
        path: 'messages.imageOrigins',
        label: 'Image origins',
        placeholder: 'https://images.example',
        hint: 'With spaces between them; * is any.',
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
        kind: 'address',
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
        hint: 'As the accept of a file input.',
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
        hint: 'The figures stand below the preview.',
      },
      {
        kind: 'switch',
        path: 'preview.hasHook',
        label: 'A hook that sends in capitals',
        initial: false,
        hint: 'Shows what before-send can do.',
      },
    ],
  },
];

export const FIELDS: readonly Field[] = FIELD_GROUPS.flatMap(({ fields }) => fields);
