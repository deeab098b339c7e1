import { describe, expect, it } from 'vitest';
import { checkConfig } from './check.ts';
import { secretsOf } from './config-secrets.ts';
import { readConfig } from './read-config.ts';

const mail = {
  host: 'smtp.shop.example',
  user: 'chat',
  password: 'a password of the relay',
  from: 'chat@shop.example',
};
const to = ['team@shop.example'];
const site = { id: 'shop', origins: ['https://shop.example'] };
const read = (value: Record<string, unknown>, environment: Record<string, string> = {}) =>
  readConfig({ file: { name: 'rivulet.json', value }, environment, flags: {} });
const problemsOf = (value: Record<string, unknown>) => {
  try {
    read(value);
    return 'valid';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('mail in the configuration', () => {
  it('is from the file or from the environment, the password from a variable', () => {
    const { password, ...others } = mail;
    expect(read({ mail: { ...others, to } }, { RIVULET_MAIL_PASSWORD: password }).mail).toEqual({
      ...mail,
      to,
    });
    expect(read({}, { RIVULET_MAIL: JSON.stringify({ ...mail, to }) }).mail).toEqual({ ...mail, to });
  });

  it.each([
    [{ mail: { ...mail, to, host: 'smtp://shop.example' } }, 'mail.host'],
    [{ mail: { ...mail, to, port: 0 } }, 'mail.port'],
    [{ mail: { ...mail, to, from: 'chat@shop.example\r\nBcc: x@y.z' } }, 'mail.from'],
    [{ mail: { ...mail, to: ['Team <team@shop.example>'] } }, 'mail.to.0'],
    [{ mail: { ...mail, to: ['a@b.example', 'A@b.example'] } }, 'mail.to'],
    [{ mail: { ...mail, to: [] } }, 'mail.to'],
    [{ mail: { ...mail, to, events: ['conversation.started'] } }, 'mail.events.0'],
    [{ mail: { ...mail, to, security: 'none' } }, 'mail.security'],
    [{ mail: { ...mail, to, user: undefined } }, 'mail.user'],
    [{ mail: { ...mail, to, password: undefined } }, 'mail.password'],
    [{ mail: { ...mail, to, maxPerHour: 0 } }, 'mail.maxPerHour'],
    [{ mail: { ...mail, to, retries: 1 } }, 'mail.retries'],
    [{ mail }, 'mail: expected somebody to tell'],
    [{ mail, sites: [{ ...site, notify: 'off' }] }, 'mail: expected somebody to tell'],
    [{ sites: [{ ...site, notify: { to } }] }, 'mail: expected the server'],
    [{ mail, sites: [{ ...site, notify: { to: ['team'] } }] }, 'sites.0.notify.to.0'],
    [{ mail, sites: [{ ...site, notify: { to, every: 1 } }] }, 'sites.0.notify.every'],
  ])('that cannot be used stops the start: %j', (value, place) => {
    expect(problemsOf(value)).toContain(place);
  });

  it('is shown with whom each site tells, and without its password, which no answer may show either', async () => {
    const sites = [
      { ...site, notify: { to, events: ['conversation.queued'], whenQueued: 'always' } },
      { ...site, id: 'blog', notify: 'off' },
    ];
    const config = read({ mail, sites });
    const shown = await checkConfig(config);
    expect(shown).toContain('smtp.shop.example, port 587, STARTTLS; signs in as chat, with a password');
    expect(shown).toMatch(/told by mail +team@shop\.example: conversation\.queued \(always\)\n/);
    expect(shown).toMatch(/told by mail +nobody\n/);
    expect(shown).not.toContain(mail.password);
    expect(secretsOf(config)).toContain(mail.password);
  });

  it('is encrypted, but for a server on this machine', async () => {
    const shownOf = async (host: string, port?: number) =>
      checkConfig(read({ mail: { host, port, from: mail.from, to } }));
    expect(await shownOf('smtp.shop.example', 465)).toContain('port 465, TLS');
    expect(await shownOf('127.0.0.1')).toContain('port 25, not encrypted');
    expect(await shownOf('smtp.shop.example', 25)).toContain('port 25, STARTTLS');
  });
});
