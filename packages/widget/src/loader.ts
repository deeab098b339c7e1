/** The script tag's file: `<script async src="https://chat.example.com/rivulet.js" data-site="demo"></script>`. */
import type { AppModule } from './shell/app-contract.ts';
import { install } from './shell/install.ts';

/** The application's file beside this one. Its name contains a hash, so the build inserts it. */
declare const RIVULET_APP_FILE: string;

const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null;

// Absolute, because a relative import in a classic script from another origin has no base URL.
const appUrl = new URL(RIVULET_APP_FILE, script?.src ?? document.baseURI).href;

install({
  script,
  // The build puts both files side by side, so this is the module of the contract.
  loadApp: () => import(appUrl) as Promise<AppModule>,
});
