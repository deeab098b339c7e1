/** Texts of errors. Those in English are loaded with the first error; other languages have them with the rest. */
import type { ErrorCode } from '@rivulet/protocol';
import type { Strings } from './core/en.ts';

let english: Strings['errors'] | undefined;

/** Loads the texts that are lacking. If that fails, errors have the general text until it is called again. */
export async function loadErrorTexts({ lacksErrors }: Strings): Promise<void> {
  if (lacksErrors !== true) return;
  english = await import('./core/errors-en.ts').then(
    ({ errorsEn }) => errorsEn,
    () => ({}),
  );
}

/**
 * Returns the text for an error code, or the general one. The message of the gateway is for developers.
 * @param changed called once the texts are loaded, if they have to be; until then the result is undefined
 */
export function errorText(
  code: ErrorCode | undefined,
  strings: Strings,
  changed: () => void,
): string | undefined {
  const { errors, error, lacksErrors } = strings;
  const own = code === undefined ? error : errors[code];
  if (own !== undefined || code === undefined || lacksErrors !== true) return own ?? error;
  if (english !== undefined) return english[code] ?? error;
  void loadErrorTexts(strings).then(changed);
  return undefined;
}
