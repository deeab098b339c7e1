/** Names one connection of one leader in the messages between tabs. */

/** Identifies one connection of one leader. */
export interface ConnectionKey {
  /** The id of the leader's tab. */
  tab: string;
  /** The number of the connection, counted from 1 in each tab. Part of the message format: a rename needs a new version. */
  line: number;
}

/** Whether both keys identify the same connection, or neither identifies one. */
export function isSameConnection(
  one: ConnectionKey | null | undefined,
  other: ConnectionKey | null | undefined,
): boolean {
  return one?.tab === other?.tab && one?.line === other?.line;
}
