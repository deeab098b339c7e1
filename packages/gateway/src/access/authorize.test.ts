import { COMMAND_TYPES, type ChatError } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import type { Principal } from '../auth/auth.ts';
import { refusalReasonOf } from '../base/index.ts';
import { ACTIONS, type Action, type ActionOn, type Touched } from './actions.ts';
import { authorize, type Request } from './authorize.ts';

const ann: Principal = { id: 'u_ann', kind: 'user', siteId: 'shop' };
const visitor: Principal = { id: 'v_1', kind: 'anonymous', siteId: 'shop' };
const own = { siteId: 'shop', ownerId: 'u_ann' };
/** Nothing, and everything that is nearly Ann's. */
const NOT_ANNS = [
  undefined,
  { siteId: 'shop', ownerId: 'u_bob' },
  { siteId: 'blog', ownerId: 'u_ann' },
  { siteId: 'u_ann', ownerId: 'shop' },
  { siteId: 'shop', ownerId: 'u_ann2' },
  { siteId: 'shop', ownerId: '' },
];

const namesOf = <Kind extends Touched>(kind: Kind) =>
  Object.entries(ACTIONS).flatMap(([name, touched]) =>
    touched === kind ? [name as Action & ActionOn<Kind>] : [],
  );

function refusedWith(request: Request): ChatError | undefined {
  try {
    authorize(request);
    return undefined;
  } catch (error) {
    return error as ChatError; // the only error that `authorize` throws
  }
}
const wordsOf = (error: ChatError | undefined) => error && JSON.stringify(error.toBody());

describe('authorize', () => {
  it('has a row for every command of the protocol', () => {
    expect(COMMAND_TYPES.filter((type) => !(type in ACTIONS))).toEqual([]);
  });

  it.each(namesOf('conversation'))(
    '%s: a conversation of anybody else is one that does not exist',
    (action) => {
      const ask = (owner: (typeof NOT_ANNS)[number]) =>
        refusedWith({ principal: ann, action, resource: { kind: 'conversation', owner } });
      expect(ask(own)).toBeUndefined();
      const words = new Set(NOT_ANNS.slice(1).map((owner) => wordsOf(ask(owner))));
      expect([...words]).toEqual(['{"code":"not-found","message":"not-found","retry":"no"}']);
      // A message may create the conversation that it names.
      expect(wordsOf(ask(undefined))).toBe(action === 'send-message' ? undefined : [...words][0]);
    },
  );

  it.each(namesOf('file'))('%s: a file of anybody else is one that does not exist', (action) => {
    const ask = (owner: (typeof NOT_ANNS)[number]) =>
      refusedWith({ principal: ann, action, resource: { kind: 'file', owner } });
    expect(ask(own)).toBeUndefined();
    expect(new Set(NOT_ANNS.map((owner) => wordsOf(ask(owner)))).size).toBe(1);
    expect(ask(undefined)).toMatchObject({ code: 'not-found' });
  });

  it('serves no anonymous visitor where the site requires an identity', () => {
    const site = { id: 'shop', origins: ['*'], requireIdentity: true };
    const ask = (principal: Principal) =>
      refusedWith({ principal, action: 'hello', resource: { kind: 'site', site } });
    expect([ask(ann), ask(visitor)?.code]).toEqual([undefined, 'identity-required']);
  });

  it('takes tools of a page only where the site allows them', () => {
    const ask = (allowClientTools: boolean, offersTools: boolean) => {
      const site = { id: 'shop', origins: ['*'], allowClientTools };
      return refusedWith({
        principal: ann,
        action: 'send-message',
        resource: { kind: 'site', site, offersTools },
      });
    };
    expect([ask(true, true), ask(true, false), ask(false, false)]).toEqual([undefined, undefined, undefined]);
    const refused = ask(false, true);
    expect([refused?.code, refused && refusalReasonOf(refused)]).toEqual([
      'forbidden',
      'client-tools-denied',
    ]);
  });

  it.each([
    ['another id', { ...ann, id: 'u_bob' }],
    ['another site', { ...ann, siteId: 'blog' }],
    ['another kind', { ...ann, kind: 'anonymous' as const }],
  ])('continues no session with a token of %s', (_what, next) => {
    const ask = (principal: Principal) =>
      refusedWith({ principal: ann, action: 'refresh-auth', resource: { kind: 'session', next: principal } });
    expect([ask({ ...ann }), ask(next)?.code]).toEqual([undefined, 'forbidden']);
  });
});
