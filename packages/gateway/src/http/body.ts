/** What a request brings beside its path: the text of its body, and who speaks. */
import type { Request } from 'express';

/** Empty when there is none: the reader of the body leaves it undefined then. */
export function textBodyOf({ body }: Request): string {
  return typeof body === 'string' ? body : '';
}

/** The token of `Authorization: Bearer …`. */
export function bearerOf({ headers }: Request): string | undefined {
  return /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
}
