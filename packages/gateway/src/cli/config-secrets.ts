/** The secrets of a configuration that no adapter names to the gateway. */
import type { Config } from './config.ts';

/** What no answer may show: the secrets that verify identity tokens, the token of operators, and the passwords of the databases. */
export function secretsOf({ identity, sites = [], postgresUrl, redisUrl, adminToken }: Config): string[] {
  const ofTokens = [identity, ...sites.map((site) => site.identity)].map((one) => one?.secret);
  const passwords = [postgresUrl, redisUrl].map((url) => passwordOf(url));
  return [...ofTokens, ...passwords, adminToken].filter((secret) => secret !== undefined);
}

/** As the URL has it; the server knows it without its escapes. */
function passwordOf(url = ''): string | undefined {
  const password = URL.parse(url)?.password;
  try {
    return password === undefined ? undefined : decodeURIComponent(password);
  } catch {
    return password; // a stray percent sign
  }
}
