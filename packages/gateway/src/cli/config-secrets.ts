/** The secrets of a configuration that no adapter names to the gateway. */
import { readRedisLogin } from '../event-logs/redis-target.ts';
import type { Config } from './config.ts';

/**
 * What no answer may show: the secrets that verify identity tokens, the tokens of operators, the secret of
 * the client of OIDC, the secrets and URLs of webhooks, and the passwords of the databases.
 */
export function secretsOf(config: Config): string[] {
  const {
    identity,
    sites = [],
    postgresUrl,
    redisUrl,
    adminToken,
    consoleToken,
    adminOidc,
    webhooks,
    mail,
  } = config;
  const ofTokens = [identity, ...sites.map((site) => site.identity)].map((one) => one?.secret);
  const passwords = [URL.parse(postgresUrl ?? ''), readRedisLogin(redisUrl ?? '')].map(passwordOf);
  const ofWebhooks = webhooks.flatMap(({ url, secret = [] }) => [url, ...secret]);
  const ofConsole = [adminToken, consoleToken, adminOidc?.clientSecret, mail?.password];
  return [...ofTokens, ...passwords, ...ofWebhooks, ...ofConsole].filter((secret) => secret !== undefined);
}

/** As the URL has it; the server knows it without its escapes. */
function passwordOf(url: URL | null): string | undefined {
  const password = url?.password;
  try {
    return password === undefined ? undefined : decodeURIComponent(password);
  } catch {
    return password; // a stray percent sign
  }
}
