/** A user of the console as visitors see them. */
import type { Participant } from '@rivulet/protocol';
import type { ConsoleUser } from '../access/console-roles.ts';
import { sha256 } from './console-users.ts';

/** Visitors see the name that is set for them, and an id from which nobody learns how the user signs in. */
export const personOf = ({ name, displayName, pictureUrl }: ConsoleUser): Participant => ({
  id: `p_${sha256(`person ${name}`).slice(0, 16)}`,
  name: displayName ?? name,
  ...(pictureUrl === undefined ? {} : { pictureUrl }),
});

/** The same with what the team knows of them. */
export const memberOf = (user: ConsoleUser) => ({
  ...personOf(user),
  userName: user.name,
  sites: user.sites ?? null,
});
