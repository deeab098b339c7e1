/** The eight situations that each compatible client is put into; the documentation has a row for each. */
export const COMPAT_SCRIPTS = {
  plain: 'A question is answered as it is written',
  tools: 'A tool asks for approval, and the answer goes on with its output',
  reload: 'The page is closed in the middle of the answer; opened again, it shows all of it',
  'second-viewer': 'A second page shows the same answer while it is written',
  'stop-elsewhere': 'One page stops the answer of the other',
  killed: 'The gateway is killed in the middle: an error, and the chat goes on afterwards',
  'upstream-error': 'The model fails in the middle: an error',
  'silent-end': 'The model ends in the middle without saying so: an error',
} as const;

/** The name of a situation. */
export type CompatScript = keyof typeof COMPAT_SCRIPTS;
