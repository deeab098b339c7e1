/** What this gateway can do beyond the first minor version. */
import type { Site } from './sites.ts';

/** The words of `welcome.capabilities`; a client asks before it offers a button. @see PROTOCOL.md §2 */
export const capabilitiesOf = ({ tools = [], allowClientTools }: Site): string[] => [
  ...['regenerate', 'edit-message', 'previous-token', 'conversations', 'feedback', 'typing', 'refresh-auth'],
  ...(tools.length > 0 ? ['tool-approval'] : []),
  ...(allowClientTools === true ? ['client-tools'] : []),
];
