/** The optional features that the gateway announces to clients. */
import type { Site } from './sites.ts';

/** The value of `welcome.capabilities` for a site; a client offers a feature only when it is listed. @see PROTOCOL.md §2 */
export const capabilitiesOf = ({ tools = [], allowClientTools, desk }: Site): string[] => [
  ...['regenerate', 'edit-message', 'previous-token', 'conversations', 'feedback', 'typing', 'refresh-auth'],
  ...(tools.length > 0 ? ['tool-approval'] : []),
  ...(desk === undefined ? [] : ['request-person', 'leave-address']),
  ...(allowClientTools === true ? ['client-tools'] : []),
];
