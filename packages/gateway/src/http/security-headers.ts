/** The headers of every response: what a browser may do with it, and that no cache keeps what is a visitor's. */
import { Router, type ErrorRequestHandler, type RequestHandler } from 'express';
import helmet from 'helmet';
import { isConsoleRoute, partsOfRoute, ROUTE_NAMES, ROUTES, type RouteName } from './route-table.ts';

/** No HSTS header: TLS ends at a proxy in front of the gateway, which sets it. */
const COMMON = { strictTransportSecurity: false } as const;

/** For data: it is no page, loads nothing, and no page of another origin may show it or load it but by CORS. */
const secureData: RequestHandler = helmet({
  ...COMMON,
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
});

/** For the widget's files, which pages of every origin load. No policy: that of a page that loads them counts, and that of a worker. */
const secureScript: RequestHandler = helmet({
  ...COMMON,
  contentSecurityPolicy: false,
  crossOriginResourcePolicy: { policy: 'cross-origin' },
});

/** For the pages of the console: nothing inline, nothing of another origin, no frame, and no HTML from a string. */
const securePage: RequestHandler = helmet({
  ...COMMON,
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      connectSrc: ["'self'"],
      imgSrc: ["'self'", 'data:', 'blob:'],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
      requireTrustedTypesFor: ["'script'"],
      trustedTypes: ["'none'"],
    },
  },
});

/** Responds like `no-store` also where a handler throws or a method is not served. */
const forbidCaching: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store').vary('Authorization');
  next();
};

/**
 * Creates the middleware that sets the headers on every path of the route table, for every method and also for errors. Other paths are
 * not touched: they belong to the host application, and so do those of the console where it is off.
 */
export function createSecurityHeaders(isServed: (name: RouteName) => boolean = () => true): Router {
  const router = Router();
  const pathsOf = (isOne: (name: RouteName) => boolean) => [
    ...new Set(
      ROUTE_NAMES.filter((name) => isServed(name) && isOne(name)).map((name) => partsOfRoute(name).path),
    ),
  ];
  const isKept = (name: RouteName) => ROUTES[name].keep !== 'nothing';
  router.all(
    pathsOf((name) => isKept(name) && !isConsoleRoute(name)),
    secureScript,
  );
  // Without a console there are no such paths, and Express takes no empty list as none.
  const pages = pathsOf((name) => isKept(name) && isConsoleRoute(name));
  if (pages.length > 0) router.all(pages, securePage);
  router.all(
    pathsOf((name) => !isKept(name)),
    secureData,
    forbidCaching,
  );
  return router;
}

/** Sets the headers of data before an error is answered: a path that cannot be decoded fails before it has any. */
// eslint-disable-next-line max-params -- the signature is Express'
export const secureErrors: ErrorRequestHandler = (error, request, response, next) => {
  if (response.headersSent) {
    next(error);
    return;
  }
  forbidCaching(request, response, () => {
    secureData(request, response, () => {
      next(error);
    });
  });
};

/** Answers a path that nothing serves, as the last handler of a server that has no other routes. */
export const answerNotFound: readonly RequestHandler[] = [
  secureData,
  forbidCaching,
  (_request, response) => {
    response.status(404).json({ code: 'not-found', message: 'There is nothing here.', retry: 'no' });
  },
];
