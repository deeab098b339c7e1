/** The script tag's file: `<script async src="https://chat.example.com/rivulet.js" data-site="demo"></script>`. */
import type { AppModule } from './shell/app-contract.ts';
import { findScript } from './shell/find-script.ts';
import { install } from './shell/install.ts';

/** The application's file beside this one. Its name contains a hash, so the build inserts it. */
declare const RIVULET_APP_FILE: string;

const script = findScript(document);

install({
  script,
  loadApp: (gateway) => {
    // The `src` of an inline script is empty.
    const base = script?.src || `${gateway}/`; // eslint-disable-line @typescript-eslint/prefer-nullish-coalescing
    // Absolute, because a relative import in a classic script from another origin has no base URL. The build puts both files side
    // by side, so this is the module of the contract.
    return import(new URL(RIVULET_APP_FILE, base).href) as Promise<AppModule>;
  },
});
