/** What is wrong with a base URL or a key as people copy them from examples, in words that say what to write. Pure. */

/** The end of the URL of a request, which examples show and SDKs append to the base URL themselves. */
const REQUEST_PATH = /\/+(chat\/completions|completions|responses|models)\/*$/i;

/** What is wrong with a base URL; undefined when it can be used. It repeats no more of the URL than its path. */
export function baseUrlProblem(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return 'expected an http or https URL';
  if (url.search !== '' || url.hash !== '')
    return 'expected a base URL without a query or fragment, because the gateway appends the path of a request to it; what an upstream wants beside goes into extraHeaders or extraBody';
  const [end] = REQUEST_PATH.exec(url.pathname) ?? [];
  if (end === undefined) return undefined;
  const base = url.pathname.slice(0, -end.length);
  return `expected a base URL that ends before ${end}, which the gateway appends: ${base === '' ? 'with nothing after the host, or with /v1' : `up to and with ${base}`}`;
}

/** What is wrong with a key; undefined when it can be used. It never repeats the key. */
export function apiKeyProblem(key: string): string | undefined {
  if (/^["'`‘’“”]|["'`‘’“”]$/.test(key))
    return 'expected a key without quotes: write OPENAI_API_KEY=sk-… and not OPENAI_API_KEY="sk-…" in a file whose quotes are kept, such as that of docker --env-file';
  if (/^bearer\s/i.test(key)) return 'expected the key alone, without "Bearer"';
  return undefined;
}
