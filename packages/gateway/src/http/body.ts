/** Reads requests: the body as text or JSON, the bearer token, and values by their schema. */
import { ChatError } from '@rivulet/protocol';
import type { Request } from 'express';
import * as v from 'valibot';

/** The body as text; an empty string when there is none, for which Express leaves `body` undefined. */
export function textBodyOf({ body }: Request): string {
  return typeof body === 'string' ? body : '';
}

/** The token of the header `Authorization: Bearer …`; undefined without one. */
export function bearerOf({ headers }: Request): string | undefined {
  return /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

/** The parsed JSON of the body. @throws {ChatError} `bad-frame` when it is not JSON */
export function jsonBodyOf(request: Request): unknown {
  try {
    return JSON.parse(textBodyOf(request));
  } catch (error) {
    throw new ChatError('bad-frame', { message: 'The body is not JSON.', cause: error });
  }
}

/**
 * Validates a value. Use it where a request enters the gateway.
 * @param name what the error calls the value when the whole of it is wrong
 * @throws {ChatError} `bad-frame`, which names the field and never its value
 */
export function checkSchema<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  name: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new ChatError('bad-frame', {
    message: `${v.getDotPath(issue) ?? name}: does not match the documented schema.`,
  });
}
