/** Decorates a finished code block with a copy button and syntax highlighting. */
import type { CodeInfo } from '../../markdown/index.ts';
import type { Strings } from '../i18n/core/en.ts';

/** Appends a copy button to the figure around `pre`, and highlights the code when the page is idle. */
export function decorateCode(pre: HTMLElement, { text, language }: CodeInfo, strings: Strings): void {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'code-copy';
  button.textContent = strings.copy;
  button.setAttribute('aria-label', strings.copyCode);
  button.addEventListener('click', () => {
    void copyText(text, button).then((isCopied) => {
      confirmOn(button, strings.copy, isCopied ? strings.copied : strings.copyFailed);
    });
  });
  pre.parentElement?.append(button);
  if (language !== '') void colourCode(pre, language);
}

/** If the highlighter cannot be loaded, the code stays plain. */
async function colourCode(pre: HTMLElement, language: string): Promise<void> {
  const code = pre.querySelector('code');
  const loaded = await import('../highlight/highlight.ts').catch(() => undefined);
  if (code !== null) await loaded?.highlight(code, language);
}

/**
 * Copies text to the clipboard; over plain http, where pages have no clipboard, from a hidden field beside the pressed button.
 * @returns false if the page or the browser does not allow it
 */
export async function copyText(text: string, button: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Not a secure context, or denied by the permissions policy.
    return copyFromField(text, button);
  }
}

function copyFromField(text: string, button: HTMLElement): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.style.cssText = 'position:fixed;inset:0 auto auto 0;opacity:0';
  // Beside the button, so that neither an open dialog nor a focus trap of the page excludes it.
  button.after(field);
  field.focus({ preventScroll: true });
  field.select();
  // Deprecated, and the only way without a secure context.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const isCopied = document.execCommand('copy');
  field.remove();
  button.focus({ preventScroll: true });
  return isCopied;
}

/** Shows what became of the copy until the animation in the style sheet ends. */
function confirmOn(button: HTMLButtonElement, before: string, result: string): void {
  button.textContent = result;
  button.classList.add('is-copied');
  button.addEventListener(
    'animationend',
    () => {
      button.textContent = before;
      button.classList.remove('is-copied');
    },
    { once: true },
  );
}
