/** The fields of what visitors see: texts, appearance and options of the widget. */
import { choice, LINE, NUMBER, text, YES_NO, type FieldGroup, type SiteField } from './site-field.ts';

/** The texts. */
export const WIDGET_TEXTS: FieldGroup = {
  id: 'texts',
  title: 'Texts',
  help: 'A page that sets a text itself keeps its own. Pages show a change within a minute.',
  isByLanguage: true,
  fields: [
    { path: 'widget.header.title', label: 'Title', input: LINE },
    { path: 'widget.start.greeting', label: 'Greeting', input: LINE },
    { path: 'widget.start.detail', label: 'Below the greeting', input: text(3) },
    {
      path: 'widget.start.prompts',
      label: 'Suggested questions',
      help: 'One in each line, up to four.',
      input: { kind: 'lines' },
    },
    {
      path: 'widget.start.aiNotice',
      label: 'Notice that a model answers',
      help: 'Laws may demand that visitors are told.',
      input: { kind: 'notice' },
    },
    { path: 'widget.composer.placeholder', label: 'Hint in the text field', input: LINE },
    { path: 'widget.launcher.teaser', label: 'Teaser beside the button', input: LINE },
  ],
};

const token = (name: string, label: string): SiteField => ({
  path: `widget.theme.tokens.${name}`,
  label,
  input: LINE,
});

/** Colours, sizes and places. */
export const THEME: FieldGroup = {
  id: 'theme',
  title: 'Appearance',
  help: 'Colours and lengths are values of CSS, such as #0b6b75, light-dark(#fff, #111) or 380px.',
  fields: [
    {
      path: 'widget.theme.scheme',
      label: 'Light or dark',
      input: choice(['auto', 'As the page'], ['light', 'Light'], ['dark', 'Dark']),
    },
    token('accent', 'Accent colour'),
    token('accent-text', 'Text on the accent colour'),
    token('background', 'Background'),
    token('surface', 'Surface'),
    token('bubble', 'Bubble of the visitor'),
    token('border', 'Border'),
    token('text', 'Text'),
    token('muted', 'Muted text'),
    token('font', 'Font'),
    token('text-scale', 'Size of the text'),
    token('radius', 'Radius of the corners'),
    token('width', 'Width'),
    token('height', 'Height'),
    token('launcher-size', 'Size of the button'),
    {
      path: 'widget.launcher.position',
      label: 'Side of the button',
      input: choice(['end', 'End'], ['start', 'Start']),
    },
    { path: 'widget.launcher.isHidden', label: 'Hide the button', input: YES_NO },
    {
      path: 'widget.launcher.hasTitleBadge',
      label: 'Count new answers in the title of the page',
      input: YES_NO,
    },
    { path: 'widget.launcher.hasSound', label: 'Sound for a new answer', input: YES_NO },
    {
      path: 'widget.locale',
      label: 'Language of the chat',
      help: 'A tag such as de or pt-BR. Default: that of the page.',
      input: LINE,
    },
  ],
};

/** What visitors can do. */
export const OPTIONS: FieldGroup = {
  id: 'options',
  title: 'What visitors can do',
  fields: [
    {
      path: 'widget.messages.actions',
      label: 'Actions at a message',
      input: {
        kind: 'checks',
        options: [
          ['copy', 'Copy'],
          ['regenerate', 'Regenerate'],
          ['edit', 'Edit'],
          ['feedback', 'Rate'],
        ],
      },
    },
    {
      path: 'widget.messages.scrolling',
      label: 'Scrolling while an answer is written',
      input: choice(['anchor', 'Stays at the question'], ['follow', 'Follows'], ['none', 'None']),
    },
    {
      path: 'widget.messages.markdown',
      label: 'Markdown',
      input: choice(['chat', 'As people chat'], ['commonmark', 'CommonMark']),
    },
    {
      path: 'widget.messages.readOut',
      label: 'Screen readers read',
      input: choice(['text', 'The answer'], ['ready', 'That it is ready']),
    },
    { path: 'widget.messages.hasMath', label: 'Show formulas', input: YES_NO },
    { path: 'widget.composer.maxChars', label: 'Longest message, in characters', input: NUMBER },
    { path: 'widget.attachments.isEnabled', label: 'Attach files', input: YES_NO },
    {
      path: 'widget.attachments.accept',
      label: 'Files to choose from',
      help: 'As in a form, such as image/*,.pdf.',
      input: LINE,
    },
    { path: 'widget.attachments.maxBytes', label: 'Largest file, in bytes', input: NUMBER },
    { path: 'widget.attachments.maxFiles', label: 'Files of one message', input: NUMBER },
    { path: 'widget.history.isEnabled', label: 'List of conversations', input: YES_NO },
    { path: 'widget.privacy.canExport', label: 'Export what is stored', input: YES_NO },
    { path: 'widget.privacy.canErase', label: 'Erase what is stored', input: YES_NO },
  ],
};
