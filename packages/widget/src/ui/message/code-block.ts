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
    void copyText(text).then((isCopied) => {
      if (isCopied) confirmOn(button, strings);
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
 * Copies text to the clipboard.
 * @returns false if the page or the browser does not allow it
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Denied by the permissions policy, or not a secure context. The visitor can still select and copy.
    return false;
  }
}

/** Confirms the copy until the animation in the style sheet ends. */
function confirmOn(button: HTMLButtonElement, strings: Strings): void {
  button.textContent = strings.copied;
  button.classList.add('is-copied');
  button.addEventListener(
    'animationend',
    () => {
      button.textContent = strings.copy;
      button.classList.remove('is-copied');
    },
    { once: true },
  );
}
