/** Names an upstream so that what it attached to its answers is given back to it, and to no other. */

/** The name of a model and its major version: `gemini-3` of `google/gemini-3-flash-preview`. */
const FAMILY = /^([a-z]+)(?:-?(\d+))?/;

/**
 * The origin of answers: the adapter, the base URL and the model's family. Signatures of one family are not understood by another,
 * also not by another one of the same service. The origin contains no key: the user and the query of the URL are left out.
 */
export function originOf(adapter: string, baseUrl: string, model: string): string {
  const { origin, pathname } = new URL(baseUrl);
  return [adapter, `${origin}${pathname.replace(/\/+$/, '')}`, familyOf(model)].join(' ');
}

/** Whether two origins are of the same adapter and base URL, whatever their models are. */
export const isSameService = (one: string, other: string): boolean => serviceOf(one) === serviceOf(other);

const serviceOf = (origin: string): string => origin.split(' ').slice(0, 2).join(' ');

/** The family of a model; the whole name when it does not begin with letters. */
function familyOf(model: string): string {
  const name = model.toLowerCase().split('/').at(-1) ?? '';
  const [, letters, version] = FAMILY.exec(name) ?? [];
  return letters === undefined ? name : [letters, version].filter((part) => part !== undefined).join('-');
}
