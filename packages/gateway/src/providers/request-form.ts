/** The forms of one request: when an upstream refuses a request because of its form, the next form is tried at once. */
import type { Clock } from '../base/index.ts';
import { createLearnedRefusals } from './learned-refusals.ts';
import type { ProviderRequest } from './provider.ts';
import { createSystemRoles, type RefusedRole, type SystemRole } from './system-roles.ts';
import type { UpstreamReason } from './upstream-error-classes.ts';

/** What may differ between two attempts to send one request. */
export interface RequestForm {
  /** Who speaks the system prompt. */
  systemRole: SystemRole;
  /** Whether the upstream is given back what it attached to its answers. */
  attached: 'own' | 'none';
  /** Whether the upstream is asked for its reasoning in encrypted form, to give it back later. */
  encryptedReasoning: 'wanted' | 'unwanted';
}

/** The forms that one upstream takes. */
export interface RequestForms {
  /** The form to begin with. */
  first(model: string, systemRole: SystemRole): RequestForm;
  /** Notes why a form was refused. @returns the form to try next; undefined when no other form would help */
  next(
    request: RefusedRequest,
    form: RequestForm,
    reason: UpstreamReason | undefined,
  ): RequestForm | undefined;
}

/** A request that was refused. */
export interface RefusedRequest extends Pick<ProviderRequest, 'messages'> {
  model: string;
}

const ENCRYPTED = 'encrypted-reasoning';

/** Creates the forms of one upstream. */
export function createRequestForms(
  clock: Clock,
  onRoleRefused?: (refused: RefusedRole) => void,
): RequestForms {
  const roles = createSystemRoles(clock, onRoleRefused);
  const refusals = createLearnedRefusals(clock);
  return {
    first: (model, systemRole) => ({
      systemRole: roles.roleFor(model, systemRole),
      attached: 'own',
      encryptedReasoning: refusals.has(model, ENCRYPTED) ? 'unwanted' : 'wanted',
    }),
    next({ model, messages }, form, reason) {
      if (reason === 'system-role-refused' && messages[0]?.role === 'system') {
        const systemRole = roles.refuse(model, form.systemRole);
        return systemRole === undefined ? undefined : { ...form, systemRole };
      }
      if (reason === 'encrypted-reasoning-refused' && form.encryptedReasoning === 'wanted') {
        refusals.add(model, ENCRYPTED);
        return { ...form, encryptedReasoning: 'unwanted' };
      }
      // Not remembered: the answers of another key's organisation are refused, and those of the current one are not.
      if (reason === 'attachment-refused' && form.attached === 'own') return { ...form, attached: 'none' };
      return undefined;
    },
  };
}
