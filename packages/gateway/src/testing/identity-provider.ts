/** A real identity provider on loopback, which tests make lie: what it publishes, how it sends browsers back, and what it signs. */
import { randomUUID } from 'node:crypto';
import {
  Events,
  OAuth2Server,
  type MutableResponse,
  type MutableToken,
  type TokenRequestIncomingMessage,
} from 'oauth2-mock-server';

const LOGOUT = 'http://schemas.openid.net/event/backchannel-logout';

/** A started provider. */
export interface IdentityProvider {
  /** `http://localhost:…` */
  issuer: string;
  /** The claims of whoever signs in, beside those of the protocol. */
  claims: Record<string, unknown>;
  /** What the userinfo endpoint says; undefined: there is none. */
  userInfo: Record<string, unknown> | undefined;
  /** Changes the next tokens before they are signed. */
  tamper: (payload: Record<string, unknown>) => void;
  /** Changes what the discovery document says. */
  publish: (metadata: Record<string, unknown>) => void;
  /** How often codes were redeemed. */
  redeemed: number;
  /** How clients have proved themselves when they redeemed codes, and with which secret. */
  clients: string[];
  /** Signs the person in: follows the address that the gateway redirects to. @returns the address of the way back */
  signIn(authorizationUrl: string): Promise<string>;
  /** A logout token of `johndoe`, with a fresh id. @param change what it says instead */
  logoutToken(
    change?: (payload: Record<string, unknown>, header: Record<string, unknown>) => void,
  ): Promise<string>;
  /** Tells the truth again, of an admin of the chat. */
  reset(): void;
  stop(): Promise<void>;
}

/** Starts a provider with a fresh key. */
export async function startIdentityProvider(): Promise<IdentityProvider> {
  const server = new OAuth2Server();
  await server.issuer.keys.generate('RS256');
  await server.start(0, 'localhost');
  const provider: IdentityProvider = {
    issuer: server.issuer.url ?? '',
    claims: {},
    userInfo: undefined,
    tamper: () => undefined,
    publish: () => undefined,
    redeemed: 0,
    clients: [],
    async signIn(authorizationUrl) {
      const response = await fetch(authorizationUrl, { redirect: 'manual' });
      return response.headers.get('location') ?? '';
    },
    logoutToken: (change) =>
      server.issuer.buildToken({
        expiresIn: 120,
        scopesOrTransform(header, payload) {
          Object.assign(header, { typ: 'logout+jwt' });
          Object.assign(payload, {
            sub: 'johndoe',
            aud: 'console',
            jti: randomUUID(),
            events: { [LOGOUT]: {} },
          });
          change?.(payload, header);
        },
      }),
    reset() {
      const truth = { claims: { groups: ['chat-admins'] }, userInfo: undefined };
      const lies = { tamper: () => undefined, publish: () => undefined };
      Object.assign(provider, truth, lies, { redeemed: 0, clients: [] });
    },
    stop: () => server.stop(),
  };
  const { service } = server;
  service.on(Events.BeforeWellKnownOpenIdConfiguration, ({ body }: MutableResponse) => {
    if (body === '') return;
    body.token_endpoint_auth_methods_supported = ['client_secret_basic', 'client_secret_post'];
    body.authorization_response_iss_parameter_supported = false;
    if (provider.userInfo === undefined) delete body.userinfo_endpoint;
    provider.publish(body);
  });
  service.on(Events.BeforeTokenSigning, ({ payload }: MutableToken) => {
    if (payload.nonce === undefined) return; // the access token
    Object.assign(payload, provider.claims);
    provider.tamper(payload);
  });
  service.on(Events.BeforeUserinfo, ({ body }: MutableResponse) => {
    Object.assign(body, provider.userInfo);
  });
  service.on(Events.BeforeResponse, (_: MutableResponse, request: TokenRequestIncomingMessage) => {
    provider.redeemed += 1;
    provider.clients.push(clientOf(request));
  });
  return provider;
}

function clientOf({ headers, body }: TokenRequestIncomingMessage): string {
  const [, encoded] = /^Basic (.*)$/.exec(headers.authorization ?? '') ?? [];
  if (encoded === undefined) return `client_secret_post ${String(Reflect.get(body, 'client_secret'))}`;
  return `client_secret_basic ${Buffer.from(encoded, 'base64').toString().split(':')[1] ?? ''}`;
}
