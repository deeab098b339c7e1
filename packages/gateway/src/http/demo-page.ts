/** `/`: a page that looks like a customer's site, with the widget on it by one script tag, under a strict policy. */
import { fileURLToPath } from 'node:url';
import express, { Router } from 'express';
import helmet from 'helmet';

/** The policy that a careful site has: nothing inline, nothing from elsewhere, and Trusted Types. */
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

export function createDemoPage(): Router {
  const folder = fileURLToPath(new URL('../../demo/page/', import.meta.url));
  const router = Router();
  router.use(
    helmet({ contentSecurityPolicy, crossOriginEmbedderPolicy: false, strictTransportSecurity: false }),
    express.static(folder, { index: 'index.html', maxAge: 0 }),
  );
  return router;
}
