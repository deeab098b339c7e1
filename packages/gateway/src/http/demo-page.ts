/** The demo page at `/`: looks like a customer's site, loads the widget with one script tag and has a strict CSP. */
import { fileURLToPath } from 'node:url';
import express, { Router } from 'express';
import helmet from 'helmet';

/** A strict Content Security Policy: nothing inline, nothing from another origin, and Trusted Types. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
    requireTrustedTypesFor: ["'script'"],
  },
};

/** Creates the route of the page and its assets. The files are read from `packages/gateway/demo/page`. */
export function createDemoPage(): Router {
  const folder = fileURLToPath(new URL('../../demo/page/', import.meta.url));
  const router = Router();
  router.use(
    helmet({ contentSecurityPolicy, crossOriginEmbedderPolicy: false, strictTransportSecurity: false }),
    express.static(folder, { index: 'index.html', maxAge: 0 }),
  );
  return router;
}
