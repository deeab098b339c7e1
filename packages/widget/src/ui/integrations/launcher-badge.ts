/** The badge on the launcher: how many answers arrived while the panel was closed. */
import type { AppHost } from '../../shell/app-contract.ts';
import type { Strings } from '../i18n/core/en.ts';

/** The badge of one launcher. */
export class LauncherBadge {
  readonly #host: AppHost;
  readonly #badge = document.createElement('span');

  /** Adds the badge to the launcher. */
  constructor(host: AppHost) {
    this.#host = host;
    this.#badge.className = 'badge';
    this.#badge.setAttribute('part', 'badge');
    this.#badge.setAttribute('aria-hidden', 'true');
    this.#badge.hidden = true;
    host.launcher.append(this.#badge);
  }

  /** Shows a number, and sets the labels of the launcher. 0 hides the badge. */
  show({ launcherOpen, launcherClose }: Strings, unread: number): void {
    const count = unread > 9 ? '9+' : String(unread);
    this.#badge.hidden = unread === 0;
    this.#badge.textContent = count;
    // The visible count is part of the accessible name, for voice control.
    const open = unread === 0 ? launcherOpen : `${launcherOpen} – ${count}`;
    this.#host.setLabels({ open, close: launcherClose });
  }

  /** Removes the badge. */
  remove(): void {
    this.#badge.remove();
  }
}
