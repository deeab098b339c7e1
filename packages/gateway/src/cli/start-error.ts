/** The sentence on standard error with which the start of the executable fails. */
import { ChatError } from '@rivulet/protocol';
import { describeFileFailure, explanationOf } from '../base/index.ts';

/** The gateway cannot start. The message is one sentence that names the cause and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly isForOperator = true;
}

/** What to print for whatever ended the start. It holds no stack trace. */
export function describeStartError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const explanation = explanationOf(error);
  if (explanation !== undefined) return explanation;
  const path: unknown = Reflect.get(error, 'path');
  const failure = describeFileFailure(error);
  if (failure !== undefined && typeof path === 'string') return `${path} cannot be used: ${failure}.`;
  // A bare code says nothing; what caused it does.
  const isSilent = error instanceof ChatError && error.message === error.code;
  return isSilent && error.cause instanceof Error ? describeStartError(error.cause) : error.message;
}

/** What to say when the server cannot listen. */
export function describeListenFailure(
  { code, message }: NodeJS.ErrnoException,
  { host, port }: { host: string; port: number },
): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} of ${host} is taken; set PORT to another port, or to 0 for any free one (${code}).`;
    case 'EACCES':
      return `port ${port} of ${host} is not permitted to this user; set PORT to 1024 or above, and put a proxy in front for ports below (${code}).`;
    case 'EADDRNOTAVAIL':
    case 'EINVAL':
      return `the address ${host} is not one of this machine; set HOST to 127.0.0.1, or to 0.0.0.0 for all of its addresses (${code}).`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host name ${host} cannot be found; set HOST to an address of this machine, such as 127.0.0.1 (${code}).`;
    case 'EAFNOSUPPORT':
      return `this machine does not support the address ${host}; set HOST to 127.0.0.1 (${code}).`;
    case undefined:
    default:
      return `cannot listen on port ${port} of ${host}: ${message}.`;
  }
}
