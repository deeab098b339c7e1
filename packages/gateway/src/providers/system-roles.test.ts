import { describe, expect, it } from 'vitest';
import { collect, textIn } from '../testing/contracts/provider-contract.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { startScriptedAnswers } from '../testing/upstream/scripted-answers.ts';
import { createOpenAiProvider } from './openai.ts';
import { createSystemRoles, type RefusedRole } from './system-roles.ts';

describe('a model that refuses the system prompt', () => {
  it('gets it before the question in the same answer, and in the next ones at once', async () => {
    const words = 'System role not supported';
    const upstream = await startScriptedAnswers(
      { kind: 'status', status: 400, words },
      { kind: 'text', text: 'Hm.' },
    );
    const refused: RefusedRole[] = [];
    const onSystemRoleRefused = (one: RefusedRole) => refused.push(one);
    const provider = createOpenAiProvider({
      apiKey: 'k',
      model: 'gemma',
      baseUrl: upstream.url,
      onSystemRoleRefused,
    });
    const messages = [
      { role: 'system' as const, text: 'Be brief.' },
      { role: 'user' as const, text: 'Hi' },
    ];
    const ask = () => collect(provider.stream({ messages }, new AbortController().signal));
    expect([textIn(await ask()), textIn(await ask())]).toEqual(['Hm.', 'Hm.']);
    const merged = [{ role: 'user', content: 'Be brief.\n\nHi' }];
    expect(upstream.bodies.slice(1).map((body) => body.messages)).toEqual([merged, merged]);
    expect(refused).toEqual([{ model: 'gemma', role: 'system', used: 'user' }]);
    await upstream.close();
  });

  it('is asked once more with each role in turn, and after an hour with the configured one again', () => {
    const time = createFakeClock();
    const roles = createSystemRoles(time);
    expect(roles.refuse('m', 'developer')).toBe('system');
    expect(roles.refuse('m', 'system')).toBe('user');
    expect(roles.refuse('m', 'user')).toBeUndefined();
    expect([roles.roleFor('m', 'developer'), roles.roleFor('other', 'developer')]).toEqual([
      'user',
      'developer',
    ]);
    time.advance(60 * 60_000);
    expect(roles.roleFor('m', 'developer')).toBe('developer');
  });
});
