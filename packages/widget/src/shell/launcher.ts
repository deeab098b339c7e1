/** The launcher: one real button, drawn with DOM calls so that a strict Content Security Policy has nothing to object to. */

const SVG = 'http://www.w3.org/2000/svg';
/** A speech bubble with two lines of water in it; a cross. */
const OPEN_PATHS = [
  'M12 3.5c5 0 8.75 3.4 8.75 7.75S17 19 12 19c-1.05 0-2.06-.15-3-.43L4.6 20.3a.5.5 0 0 1-.66-.63l1.14-3.3a7.3 7.3 0 0 1-1.83-5.12C3.25 6.9 7 3.5 12 3.5Z',
  'M8 10.1c1.35-1.1 2.65-1.1 4 0s2.65 1.1 4 0',
  'M8 13.6c1.35-1.1 2.65-1.1 4 0s2.65 1.1 4 0',
];
const CLOSE_PATHS = ['M6.5 6.5l11 11', 'M17.5 6.5l-11 11'];

function drawIcon(name: string, paths: readonly string[]): SVGSVGElement {
  const icon = document.createElementNS(SVG, 'svg');
  icon.setAttribute('class', `launcher-icon ${name}`);
  icon.setAttribute('viewBox', '0 0 24 24');
  icon.setAttribute('aria-hidden', 'true');
  for (const d of paths) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', d);
    icon.append(path);
  }
  return icon;
}

export interface LauncherState {
  isOpen: boolean;
  isLoading: boolean;
  unread: number;
  label: string;
  /** The site's own button, or a selector for it. */
  element?: Element | string;
  isHidden?: boolean;
}

export interface Launcher {
  readonly button: HTMLButtonElement;
  show(state: LauncherState): void;
  /** Puts the keyboard on the button that the visitor has: the site's or ours. */
  focus(): void;
  /** Lets go of the site's own button. */
  release(): void;
}

/** A launcher that is not in any document yet. */
export function createLauncher(toggle: () => void): Launcher {
  const button = document.createElement('button');
  const badge = document.createElement('span');
  let own: Element | null = null;
  const use = (element: Element | null): void => {
    if (element === own) return;
    own?.removeEventListener('click', toggle);
    own = element;
    own?.addEventListener('click', toggle);
  };
  button.type = 'button';
  button.className = 'launcher';
  button.setAttribute('part', 'launcher');
  badge.className = 'badge';
  badge.setAttribute('part', 'badge');
  badge.setAttribute('aria-hidden', 'true');
  const slot = document.createElement('slot');
  slot.name = 'launcher';
  slot.append(drawIcon('is-open', OPEN_PATHS), drawIcon('is-close', CLOSE_PATHS));
  button.append(slot, badge);
  button.addEventListener('click', toggle);
  return {
    button,
    show({ isOpen, isLoading, unread, label, element, isHidden }) {
      use(typeof element === 'string' ? document.querySelector(element) : (element ?? null));
      button.hidden = own !== null || isHidden === true;
      (own ?? button).setAttribute('aria-expanded', String(isOpen));
      const count = unread > 9 ? '9+' : String(unread);
      badge.hidden = unread === 0 || isOpen;
      badge.textContent = count;
      // What is seen is a word of the name, for those who speak to their computer.
      button.setAttribute('aria-label', badge.hidden ? label : `${label} – ${count}`);
      button.toggleAttribute('data-loading', isLoading);
    },
    focus() {
      const target = own ?? button;
      if (target instanceof HTMLElement) target.focus();
    },
    release() {
      use(null);
    },
  };
}
