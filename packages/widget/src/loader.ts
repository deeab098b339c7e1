/** The script tag's first file: `<script async src="https://chat.example.com/rivulet.js" data-site="demo"></script>`. */
import type { AppModule } from './shell/app-contract.ts';
import { install } from './shell/install.ts';

/** The application's file beside this one; its name carries a hash, so the build puts it in. */
declare const RIVULET_APP_FILE: string;

const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null;

// An absolute URL: in a classic script from another origin a relative import has no base to start from.
const appUrl = new URL(RIVULET_APP_FILE, script?.src ?? document.baseURI).href;

install({
  script,
  // The build put both files side by side, so this is the module that the contract names.
  loadApp: () => import(appUrl) as Promise<AppModule>,
});
