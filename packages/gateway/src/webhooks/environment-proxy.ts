/** The proxies of the process: as Node's own clients use them, when Node was told to. */
import type { UpstreamProxy } from '../providers/upstream-proxy.ts';

/** What is read of `process`. */
type ReadProcess = Pick<NodeJS.Process, 'env' | 'execArgv'>;

const FLAG = '--use-env-proxy';

/**
 * The proxies for https that `HTTPS_PROXY` and `NO_PROXY` name, in small letters, too. None unless `NODE_USE_ENV_PROXY` is `1` or Node has
 * the flag `--use-env-proxy`: then `fetch` of Node, which asks the identity provider, uses them as well.
 */
export function proxiesOfProcess({ env, execArgv }: ReadProcess = process): UpstreamProxy {
  const flags = [...execArgv, ...(env.NODE_OPTIONS ?? '').split(/\s+/)];
  if (env.NODE_USE_ENV_PROXY !== '1' && !flags.includes(FLAG)) return {};
  const https = env.https_proxy ?? env.HTTPS_PROXY;
  return {
    https: https === undefined || https === '' ? undefined : withScheme(https),
    except: env.no_proxy ?? env.NO_PROXY,
  };
}

const withScheme = (proxy: string): string => (proxy.includes('://') ? proxy : `http://${proxy}`);
