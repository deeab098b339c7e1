/** The form to sign in: with a token, or at an identity provider. */
import { html, nothing, type TemplateResult } from '../../widget/src/reading.ts';
import { ApiError, ask, type SignInWay } from './api.ts';
import { fill, TEXTS } from './texts.ts';

/** What the form is given. */
export interface SignInOptions {
  changed: () => void;
  /** The user has a session. */
  signedIn: () => void;
  /** A text above the form, such as that the session has ended. */
  notice: string;
}

/** The state of the form. */
export class SignIn {
  readonly #options: SignInOptions;
  #ways: readonly SignInWay[] = [];
  #problem = '';
  #isBusy = false;

  constructor(options: SignInOptions) {
    this.#options = options;
    void this.#load();
  }

  async #load(): Promise<void> {
    try {
      this.#ways = (await ask<{ ways: SignInWay[] }>('sign-in')).ways;
    } catch (error) {
      this.#problem = textOf(error);
    }
    this.#options.changed();
  }

  render(): TemplateResult {
    const oidc = this.#ways.filter((way) => way.kind === 'oidc');
    return html`<main class="sign-in" id="content" tabindex="-1">
      <h1>${TEXTS.title}</h1>
      ${this.#options.notice === '' ? nothing : html`<p class="notice">${this.#options.notice}</p>`}
      ${this.#ways.some(({ kind }) => kind === 'token') ? this.#renderToken() : nothing}
      ${
        oidc.length === 0
          ? nothing
          : html`${oidc.length === this.#ways.length ? nothing : html`<p class="status">${TEXTS.or}</p>`}
            ${oidc.map(
              ({ name, url }) => html`<a class="button" href=${url}>${fill(TEXTS.signInWith, { name })}</a>`,
            )}`
      }
      ${this.#problem === '' ? nothing : html`<p class="problem" role="alert">${this.#problem}</p>`}
    </main>`;
  }

  #renderToken(): TemplateResult {
    return html`<form @submit=${this.#onSubmit}>
      <label class="field"
        ><span>${TEXTS.token}</span
        ><input
          name="token"
          type="password"
          required
          maxlength="512"
          autocomplete="current-password"
          aria-describedby="token-hint"
      /></label>
      <p class="hint" id="token-hint">${TEXTS.tokenHint}</p>
      <button type="submit" class="button is-main" ?disabled=${this.#isBusy}>${TEXTS.signIn}</button>
    </form>`;
  }

  readonly #onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const token = event.currentTarget.querySelector('input')?.value.trim() ?? '';
    this.#isBusy = true;
    this.#problem = '';
    this.#options.changed();
    try {
      await ask('login', { method: 'POST', body: { token } });
      this.#options.signedIn();
    } catch (error) {
      this.#problem = textOf(error);
    }
    this.#isBusy = false;
    this.#options.changed();
  };
}

const textOf = (error: unknown): string => (error instanceof ApiError ? error.message : String(error));
