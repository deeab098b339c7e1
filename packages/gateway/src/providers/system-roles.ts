/** Which role of the system prompt a model takes: a role that it refuses is replaced by the next one, and remembered. */
import type { Clock } from '../base/index.ts';
import { createLearnedRefusals } from './learned-refusals.ts';
import type { ProviderMessage } from './provider.ts';
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
/** Creates the memory of one upstream. */
export function createSystemRoles(
  clock: Clock,
  onRefused: (refused: RefusedRole) => void = () => undefined,
): SystemRoles {
  const refusals = createLearnedRefusals(clock);
  return {
    roleFor(model, configured) {
      let role = configured;
      for (let next = NEXT[role]; next !== undefined; next = NEXT[role]) {
        if (!refusals.has(model, role)) break;
        role = next;
      }
      return role;
    },
    refuse(model, role) {
      const used = NEXT[role];
      if (used === undefined) return undefined;
      refusals.add(model, role);
      onRefused({ model, role, used });
      return used;
    },
  };
}

/** The messages with the system prompt before the text of the first question, or as a question of its own. */
export function withPromptAsQuestion(messages: readonly ProviderMessage[]): readonly ProviderMessage[] {
  const [first, second, ...rest] = messages;
  if (first?.role !== 'system') return messages;
  if (second?.role !== 'user') return [{ role: 'user', text: first.text }, ...messages.slice(1)];
  const text = second.text === '' ? first.text : `${first.text}\n\n${second.text}`;
  return [{ ...second, text }, ...rest];
}
