/** The launcher's own words: it is there before any language file. */
import type { StringOverrides } from './app-contract.ts';

interface LauncherLabels {
  open: string;
  close: string;
}

const LABELS: Readonly<Record<string, LauncherLabels>> = {
  en: { open: 'Open chat', close: 'Close chat' },
  de: { open: 'Chat öffnen', close: 'Chat schließen' },
};
const ENGLISH: LauncherLabels = { open: 'Open chat', close: 'Close chat' };

/** The words for `locale`, or those that the site sets as `launcherOpen` and `launcherClose`. */
export function launcherLabels(locale: string, overrides: StringOverrides): LauncherLabels {
  const known = LABELS[locale.toLowerCase().split('-')[0] ?? ''] ?? ENGLISH;
  const { launcherOpen, launcherClose } = overrides;
  return {
    open: typeof launcherOpen === 'string' ? launcherOpen : known.open,
    close: typeof launcherClose === 'string' ? launcherClose : known.close,
  };
}
