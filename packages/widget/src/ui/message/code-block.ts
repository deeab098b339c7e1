/** What a settled code block gets: a copy button, and colours. */
import type { CodeInfo } from '../../markdown/index.ts';
import type { Strings } from '../i18n/core/en.ts';

/** Puts a button into the figure around `pre`, and has the code coloured when the page is idle. */
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

/** Code that cannot be coloured stays plain. */
async function colourCode(pre: HTMLElement, language: string): Promise<void> {
  const code = pre.querySelector('code');
  const loaded = await import('../highlight/highlight.ts').catch(() => undefined);
  if (code !== null) await loaded?.highlight(code, language);
}

/** @returns false where the page or the browser does not allow it; there is then nothing to confirm. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Denied by the page's permissions policy, or no secure context: the visitor can still select and copy.
    return false;
  }
}

/** Says so until its animation is over: the style sheet holds the time. */
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
