/** The HTTP proxy through which the upstream is called, chosen by the same rules as those of curl. */
/** The proxies, by the scheme of the upstream's URL, and the hosts that are called without one. */
export interface UpstreamProxy {
  /** The URL of the proxy for upstreams with `http://`, with user and password when it asks for them. */
  http?: string | undefined;
  /** The URL of the proxy for upstreams with `https://`; the connection through it stays encrypted to the upstream. */
  https?: string | undefined;
  /** `*`, or names and addresses separated by commas, each with its subdomains and an optional port: `internal.example:8080`. */
  except?: string | undefined;
}

/** The URL of the proxy for this upstream; undefined when it is called directly. @throws {TypeError} when it is not a URL */
export function proxyFor(baseUrl: string, { http, https, except = '' }: UpstreamProxy = {}): URL | undefined {
  const upstream = new URL(baseUrl);
  const proxy = upstream.protocol === 'https:' ? https : http;
  if (proxy === undefined || isExcepted(upstream, except)) return undefined;
  return new URL(proxy);
}

function isExcepted({ hostname, port, protocol }: URL, except: string): boolean {
  const usedPort = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return except
    .toLowerCase()
    .split(/[,\s]+/)
    .some((entry) => {
      if (entry === '' || entry === '*') return entry === '*';
      const [, name = '', only = usedPort] = /^(?:\*?\.)?(.+?)(?::(\d+))?$/.exec(bracketed(entry)) ?? [];
      return only === usedPort && (hostname === name || hostname.endsWith(`.${name}`));
    });
}

/** An IPv6 address as a URL has it. */
const bracketed = (entry: string) =>
  /^[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:.]*$/.test(entry) ? `[${entry}]` : entry;

/** An error of the proxy as an error with a code for the log; any other error as it is. */
export function explainProxy(error: unknown): unknown {
  const status = error instanceof Error && /^Proxy response \((\d+)\)/.exec(error.message)?.[1];
  if (typeof status !== 'string') return error;
  const code = status === '407' ? 'PROXY_PASSWORD_REQUIRED' : `PROXY_ANSWERED_${status}`;
  return Object.assign(new Error('The proxy refused the connection to the upstream.', { cause: error }), {
    code,
  });
}
