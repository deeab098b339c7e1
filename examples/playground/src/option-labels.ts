/** The values of options and their labels. A value that the widget adds or renames does not compile here. */
import type { ChatOptions, Mode, Theme } from '@rivulet/widget';

type Options = Required<ChatOptions>;
type Messages = Required<Options['messages']>;

/** `mode` */
export const MODES: Record<Mode, string> = { floating: 'Floating', inline: 'Inline', page: 'Page' };
/** `theme.scheme` */
export const SCHEMES: Record<Theme, string> = { auto: 'Auto', light: 'Light', dark: 'Dark' };
/** `launcher.position` */
export const POSITIONS: Record<Required<Options['launcher']>['position'], string> = {
  end: 'End',
  start: 'Start',
};
/** `messages.scrolling` */
export const SCROLLING: Record<Messages['scrolling'], string> = {
  anchor: 'Question to the top',
  follow: 'Follow the answer',
  none: 'Stay in place',
};
/** `messages.readOut` */
export const READ_OUT: Record<Messages['readOut'], string> = {
  text: 'A short answer',
  ready: 'Only that the answer is ready',
};
/** `messages.actions` */
export const ACTIONS: Record<Messages['actions'][number], string> = {
  copy: 'Copy',
  regenerate: 'Regenerate',
  edit: 'Edit',
  feedback: 'Feedback',
};
/** `theme.tokens.text-scale`. The empty value is the default. */
export const TEXT_SCALES = {
  '': 'Standard',
  '1.25': 'Larger',
  '1.5': 'Large',
};
/** `theme.tokens.font`: CSS font families. The empty value is the default. */
export const FONTS = {
  '': 'The system’s',
  inherit: 'The page’s own',
  'Georgia, "Times New Roman", serif': 'Serif',
  'ui-rounded, "Nunito", "Segoe UI", sans-serif': 'Rounded',
  'ui-monospace, Menlo, Consolas, monospace': 'Monospace',
};
