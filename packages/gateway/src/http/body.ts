/** What a request brings beside its path: the text of its body, and who speaks. */
import { ChatError } from '@rivulet/protocol';
import type { Request } from 'express';
import * as v from 'valibot';

/** Empty when there is none: the reader of the body leaves it undefined then. */
export function textBodyOf({ body }: Request): string {
  return typeof body === 'string' ? body : '';
}

/** The token of `Authorization: Bearer …`. */
export function bearerOf({ headers }: Request): string | undefined {
  return /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

/** @throws {ChatError} bad-frame */
export function jsonBodyOf(request: Request): unknown {
  try {
    return JSON.parse(textBodyOf(request));
  } catch (error) {
    throw new ChatError('bad-frame', { message: 'The body is not JSON.', cause: error });
  }
}

/** @throws {ChatError} bad-frame: names the field, never its value */
export function checkSchema<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  name: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new ChatError('bad-frame', {
    message: `${v.getDotPath(issue) ?? name}: not of the documented shape.`,
  });
}
