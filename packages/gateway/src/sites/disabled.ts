/** The switch of a site: while it is off, nothing is sent to the model, and everything can be read. */
import type { ChatError, EventOf } from '@rivulet/protocol';
import * as v from 'valibot';
import { refusal } from '../base/index.ts';

/** Whether a site is switched off; a text is shown to its visitors. */
export type Disabled = boolean | string;

/** A site, as far as it can be switched off. */
export interface Switchable {
  disabled?: Disabled | undefined;
}

/** Longer than any sentence that a visitor reads above a chat. */
const MAX_TEXT_CHARS = 500;
const PROBLEM = `expected true, false, or a text of 1 to ${MAX_TEXT_CHARS} characters for visitors`;
/** A valid switch. */
export const DisabledSchema = v.union(
  [v.boolean(), v.pipe(v.string(), v.minLength(1, PROBLEM), v.maxLength(MAX_TEXT_CHARS, PROBLEM))],
  PROBLEM,
);

/** What is wrong with a switch; undefined when it is valid. */
export function disabledProblem(disabled: Disabled): string | undefined {
  return v.safeParse(DisabledSchema, disabled).issues?.[0].message;
}

/** The error of what a site that is switched off does not do; undefined while it is on. */
export function disabledError({ disabled }: Switchable): ChatError | undefined {
  if (disabled === undefined || disabled === false) return undefined;
  return refusal('site-disabled', 'site-disabled', disabled === true ? {} : { message: disabled });
}

/** The `disabled` field of `welcome`. */
export function disabledNotice({ disabled }: Switchable): Pick<EventOf<'welcome'>, 'disabled'> {
  if (disabled === undefined || disabled === false) return {};
  return { disabled: disabled === true ? {} : { text: disabled } };
}
