/** Which role of the system prompt a model takes: a role that it refuses is replaced by the next one, and remembered. */
import type { Clock } from '../base/index.ts';
import type { SYSTEM_ROLES } from './request-settings.ts';

/** Who speaks the system prompt; one of `SYSTEM_ROLES`. */
export type SystemRole = (typeof SYSTEM_ROLES)[number];

/** A model that refused a role. */
export interface RefusedRole {
  model: string;
  role: SystemRole;
  /** The role that is used in its place for an hour. */
  used: SystemRole;
}

/** What one upstream has refused. */
export interface SystemRoles {
  /** The role for a request: the configured one, or the one that replaces it. */
  roleFor(model: string, configured: SystemRole): SystemRole;
  /** Notes a refusal. @returns the role to try next; undefined when there is none */
  refuse(model: string, role: SystemRole): SystemRole | undefined;
}

/** Every model takes a question with the prompt before it. */
const NEXT: Readonly<Record<SystemRole, SystemRole | undefined>> = {
  developer: 'system',
  system: 'user',
  user: undefined,
};
/** An operator may have changed the model behind its name. Asking again costs one refused request. */
const REMEMBERED_MS = 60 * 60_000;
/** Models are named in the configuration; a caller of the library may name any. */
const MAX_REMEMBERED = 1_000;

/** Creates the memory of one upstream. */
export function createSystemRoles(
  clock: Clock,
  onRefused: (refused: RefusedRole) => void = () => undefined,
): SystemRoles {
  const untilMs = new Map<string, number>();
  const keyOf = (model: string, role: SystemRole) => `${role} ${model}`;
  return {
    roleFor(model, configured) {
      let role = configured;
      for (let next = NEXT[role]; next !== undefined; next = NEXT[role]) {
        if ((untilMs.get(keyOf(model, role)) ?? 0) <= clock.now()) break;
        role = next;
      }
      return role;
    },
    refuse(model, role) {
      const used = NEXT[role];
      if (used === undefined) return undefined;
      const key = keyOf(model, role);
      untilMs.delete(key);
      untilMs.set(key, clock.now() + REMEMBERED_MS);
      const [oldest] = untilMs.keys();
      if (untilMs.size > MAX_REMEMBERED && oldest !== undefined) untilMs.delete(oldest);
      onRefused({ model, role, used });
      return used;
    },
  };
}
