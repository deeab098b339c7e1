/** The launcher button, built with DOM calls, because a strict Content Security Policy forbids inline markup. */

const SVG = 'http://www.w3.org/2000/svg';
/** The icon: a speech bubble with two waves. */
const PATH =
  'M12 3.5c5 0 8.75 3.4 8.75 7.75S17 19 12 19c-1.05 0-2.06-.15-3-.43L4.6 20.3a.5.5 0 0 1-.66-.63l1.14-3.3a7.3 7.3 0 0 1-1.83-5.12C3.25 6.9 7 3.5 12 3.5ZM8 10.1c1.35-1.1 2.65-1.1 4 0s2.65 1.1 4 0m-8 3.5c1.35-1.1 2.65-1.1 4 0s2.65 1.1 4 0';

function drawIcon(): SVGElement {
  const icon = document.createElementNS(SVG, 'svg');
  icon.setAttribute('class', 'launcher-icon');
  icon.setAttribute('viewBox', '0 0 24 24');
  icon.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATH);
  icon.append(path);
  return icon;
}

/** What the launcher shows. */
export interface LauncherState {
  /** Whether the panel is open. */
  isOpen: boolean;
  /** Whether the application is being loaded. */
  isLoading: boolean;
  /** The accessible name. */
  label: string;
  /** The site's own button, or a selector for it. */
  element?: Element | string;
  /** Whether the built-in button is hidden. */
  isHidden?: boolean;
}

/** The launcher of one element. */
export interface Launcher {
  /** The built-in button; the caller inserts it. */
  readonly button: HTMLButtonElement;
  /** Updates the button. */
  show(state: LauncherState): void;
  /** Moves the focus to the button in use: the site's or the built-in one. */
  focus(): void;
  /** Removes the listener from the site's own button. */
  release(): void;
}

/** Creates a launcher whose button is not in a document yet. @param toggle called on each click */
export function createLauncher(toggle: () => void): Launcher {
  const button = document.createElement('button');
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
  const slot = document.createElement('slot');
  slot.name = 'launcher';
  slot.append(drawIcon());
  button.append(slot);
  button.addEventListener('click', toggle);
  return {
    button,
    show({ isOpen, isLoading, label, element, isHidden }) {
      use(typeof element === 'string' ? document.querySelector(element) : (element ?? null));
      button.hidden = own !== null || isHidden === true;
      (own ?? button).setAttribute('aria-expanded', String(isOpen));
      button.setAttribute('aria-label', label);
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
