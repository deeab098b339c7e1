/** The words that an option may be, and what a person reads for each. One that the widget adds or renames does not compile here. */
import type { ChatOptions, Mode, Theme } from '@rivulet/widget';

type Options = Required<ChatOptions>;
type Messages = Required<Options['messages']>;

export const MODES: Record<Mode, string> = { floating: 'Floating', inline: 'Inline', page: 'Page' };
export const SCHEMES: Record<Theme, string> = { auto: 'Auto', light: 'Light', dark: 'Dark' };
export const POSITIONS: Record<Required<Options['launcher']>['position'], string> = {
  end: 'End',
  start: 'Start',
};
export const SCROLLING: Record<Messages['scrolling'], string> = {
  anchor: 'Question to the top',
  follow: 'Follow the answer',
  none: 'Stay in place',
};
export const READ_OUT: Record<Messages['readOut'], string> = {
  text: 'A short answer',
  ready: 'That it is ready',
};
export const ACTIONS: Record<Messages['actions'][number], string> = {
  copy: 'Copy',
  regenerate: 'Regenerate',
  edit: 'Edit',
  feedback: 'Feedback',
};
export const FONTS = {
  '': 'The system’s',
  inherit: 'The page’s own',
  'Georgia, "Times New Roman", serif': 'Serif',
  'ui-rounded, "Nunito", "Segoe UI", sans-serif': 'Rounded',
  'ui-monospace, Menlo, Consolas, monospace': 'Monospace',
};
