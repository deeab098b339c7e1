/** The frame of the console: who is signed in, where one can go, and the page that the address names. */
import { html, nothing, render, type TemplateResult } from '../../widget/src/reading.ts';
import { ApiError, ask, type User } from './api.ts';
import { askInDialog } from './dialog.ts';
import { LazyPage } from './lazy-page.ts';
import { spanOf } from './overview-data.ts';
import { Unsent } from './desk/unsent.ts';
import type { Page, PageContext } from './page.ts';
import { AuditPage } from './pages/audit.ts';
import { ConversationPage } from './pages/conversation.ts';
import { ConversationsPage } from './pages/conversations.ts';
import { OverviewPage } from './pages/overview.ts';
import { SessionsPage } from './pages/sessions.ts';
import { followLinks, navigate, routeOf, type Route } from './router.ts';
import { SignIn } from './sign-in.ts';
import { fill, TEXTS } from './texts.ts';

type State =
  | { kind: 'starting' }
  | { kind: 'failed'; message: string }
  | { kind: 'signed-out'; signIn: SignIn }
  | { kind: 'signed-in'; session: Session; page: Page | undefined; route: Route };
/** Who is signed in, and the sites with a desk at which they may answer. */
interface Session {
  user: User;
  deskSites: readonly string[];
}

/** The console in an element of the page. */
export class ConsoleApp {
  readonly #root: HTMLElement;
  readonly #announcer: HTMLElement;
  #state: State = { kind: 'starting' };
  #isRendering = false;
  /** The address of the page that is shown. */
  #shownHref = location.href;
  /** What the user has written and not sent. It outlives the end of their session, and no sign-out. */
  #written: { userName: string; unsent: Unsent } | undefined;

  constructor(root: HTMLElement) {
    this.#root = root;
    this.#announcer = document.createElement('div');
    this.#announcer.className = 'visually-hidden';
    this.#announcer.setAttribute('role', 'status');
    root.after(this.#announcer);
    followLinks(root, this.#leave);
    addEventListener('beforeunload', (event) => {
      if (this.#written?.unsent.isEmpty === false) event.preventDefault();
    });
    this.#changed();
  }

  /** Asks who is signed in, and shows the page of the address. */
  async start(): Promise<void> {
    try {
      this.#signedIn(await ask<Session>('me'));
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.#signOut('');
      else
        this.#state = { kind: 'failed', message: error instanceof ApiError ? error.message : String(error) };
      this.#changed();
    }
  }

  #signedIn(session: Session): void {
    this.#state = { kind: 'signed-in', session, page: undefined, route: { page: 'unknown' } };
    this.#showRoute();
  }

  /** What this user has written: another user does not get it. */
  #unsentOf({ user: { name: userName } }: Session): Unsent {
    if (this.#written?.userName !== userName)
      this.#written = { userName, unsent: new Unsent((error) => this.#explain(error)) };
    return this.#written.unsent;
  }

  #signOut(notice: string): void {
    if (this.#state.kind === 'signed-in') this.#state.page?.close();
    const signIn = new SignIn({ changed: this.#changed, signedIn: () => void this.start(), notice });
    this.#state = { kind: 'signed-out', signIn };
    this.#changed();
  }

  /** The address has changed. */
  readonly #leave = (): void => {
    const isAsked = this.#state.kind === 'signed-in' && this.#state.page?.hasUnsaved === true;
    if (isAsked) void this.#askAndLeave();
    else this.#showRoute();
  };

  /** Asks before something is lost, with the address of the page that is still shown. */
  async #askAndLeave(): Promise<void> {
    const wanted = location.href;
    history.replaceState(null, '', this.#shownHref);
    if (!(await this.#mayLeave())) return;
    history.replaceState(null, '', wanted);
    this.#showRoute();
  }

  /** Whether nothing would be lost, or the user does not mind. */
  async #mayLeave(): Promise<boolean> {
    const page = this.#state.kind === 'signed-in' ? this.#state.page : undefined;
    if (page?.hasUnsaved !== true) return true;
    const { leaveTitle: title, leaveText: text, leave: submit } = TEXTS;
    const isLeaving = (await askInDialog({ title, text, submit, tone: 'danger' })) !== undefined;
    if (isLeaving) page.discard?.();
    return isLeaving;
  }

  /** Shows what the address names, from its top, with the focus on it. */
  readonly #showRoute = (): void => {
    if (this.#state.kind !== 'signed-in') return;
    const { session, page: before } = this.#state;
    this.#shownHref = location.href;
    const route = routeOf(new URL(location.href));
    if (before?.follow?.(route) === true) {
      this.#state = { kind: 'signed-in', session, page: before, route };
      this.#changed();
      return;
    }
    before?.close();
    this.#state = { kind: 'signed-in', session, page: undefined, route };
    const page = pageOf(route, this.#contextOf(session), this.#unsentOf(session));
    this.#state = { kind: 'signed-in', session, page, route };
    this.#changed();
    scrollTo(0, 0);
    if (before !== undefined) queueMicrotask(() => this.#root.querySelector<HTMLElement>('h1')?.focus());
  };

  #contextOf({ user, deskSites }: Session): PageContext {
    return {
      ...{ user, deskSites },
      changed: this.#changed,
      go: (href) => {
        navigate(href, this.#leave);
      },
      announce: (text) => {
        this.#announcer.textContent = text;
      },
      explain: (error) => this.#explain(error),
    };
  }

  #explain(error: unknown): string {
    const isOver = error instanceof ApiError && error.status === 401;
    if (isOver && this.#state.kind === 'signed-in') this.#signOut(TEXTS.signInAgain);
    return error instanceof ApiError ? error.message : String(error);
  }

  /** Renders once for all changes of a task. */
  readonly #changed = (): void => {
    if (this.#isRendering) return;
    this.#isRendering = true;
    queueMicrotask(() => {
      this.#isRendering = false;
      render(this.#render(), this.#root);
    });
  };

  #render(): TemplateResult {
    const state = this.#state;
    document.title = TEXTS.title;
    switch (state.kind) {
      case 'starting':
        return html`<main class="sign-in">
          <h1>${TEXTS.title}</h1>
          <p class="status">${TEXTS.loading}</p>
        </main>`;
      case 'failed':
        return html`<main class="sign-in">
          <h1>${TEXTS.title}</h1>
          <p class="problem" role="alert">${state.message}</p>
          <button type="button" class="button" @click=${() => void this.start()}>${TEXTS.retry}</button>
        </main>`;
      case 'signed-out':
        return state.signIn.render();
      case 'signed-in':
        return this.#renderFrame(state);
    }
  }

  #renderFrame({ session, page, route }: Extract<State, { kind: 'signed-in' }>): TemplateResult {
    const { user } = session;
    const title = page?.title ?? TEXTS.notFound;
    document.title = `${page?.titlePrefix ?? ''}${title} – ${TEXTS.title}`;
    const sites = user.sites === null ? '' : ` ${fill(TEXTS.ofSites, { sites: user.sites.join(', ') })}`;
    return html`<a class="skip" href="#content" @click=${this.#onSkip}>${TEXTS.skip}</a>
      <header class="bar">
        <nav aria-label=${TEXTS.navigation}>
          ${linksOf(session).map(
            ([href, text, pages]) =>
              html`<a href=${href} aria-current=${pages.includes(route.page) ? 'page' : nothing}>${text}</a>`,
          )}
        </nav>
        <span class="who"
          ><bdi>${fill(TEXTS.signedInAs, { name: user.name, role: user.role })}${sites}</bdi></span
        >
        <button type="button" class="button" @click=${this.#onSignOut}>${TEXTS.signOut}</button>
      </header>
      <main id="content" tabindex="-1" data-layout=${page?.layout ?? nothing}>
        <h1 tabindex="-1" dir="auto">${title}</h1>
        ${page?.render() ?? nothing}
      </main>`;
  }

  /** The address of the page stays: it names the page, not a place in it. */
  readonly #onSkip = (event: Event): void => {
    event.preventDefault();
    this.#root.querySelector<HTMLElement>('#content')?.focus();
  };

  readonly #onSignOut = async (): Promise<void> => {
    if (!(await this.#mayLeave())) return;
    const answer = await ask<{ endSessionUrl?: string } | undefined>('logout', { method: 'POST' }).catch(
      () => undefined, // a session that has ended already is what was asked for
    );
    this.#written = undefined;
    this.#signOut('');
    if (answer?.endSessionUrl !== undefined) location.assign(answer.endSessionUrl);
  };
}

type Link = readonly [href: string, text: string, pages: readonly Route['page'][]];

function linksOf({ user: { role, sites }, deskSites }: Session): Link[] {
  const ofDesk: Link[] = deskSites.length === 0 ? [] : [['/admin/desk', TEXTS.desk.title, ['desk']]];
  const all: Link[] = [
    ['/admin/conversations', TEXTS.conversations, ['conversations', 'conversation']],
    ...ofDesk,
    ['/admin/overview', TEXTS.overview.title, ['overview']],
    ['/admin/sites', TEXTS.sites, ['sites', 'site']],
  ];
  const ofAdmins: Link[] = [
    ['/admin/audit', TEXTS.audit, ['audit']],
    ['/admin/sessions', TEXTS.sessions, ['sessions']],
  ];
  // They concern every site.
  return role === 'admin' && sites === null ? [...all, ...ofAdmins] : all;
}

function pageOf(route: Route, context: PageContext, unsent: Unsent): Page | undefined {
  switch (route.page) {
    case 'conversations':
      return new ConversationsPage(context, route.query);
    case 'conversation':
      return new ConversationPage(context, route.id);
    case 'overview':
      return new OverviewPage(context, spanOf(route.query));
    case 'desk':
      if (context.deskSites.length === 0) return undefined;
      return new LazyPage(context, {
        ...{ title: TEXTS.desk.title, layout: 'window' },
        load: async () => new (await import('./pages/desk.ts')).DeskPage(context, route, unsent),
      });
    case 'sites':
      return new LazyPage(context, {
        title: TEXTS.sites,
        load: async () => new (await import('./pages/sites.ts')).SitesPage(context),
      });
    case 'site':
      return new LazyPage(context, {
        title: route.id,
        load: async () => new (await import('./pages/site.ts')).SitePage(context, route.id),
      });
    case 'audit':
      return new AuditPage(context);
    case 'sessions':
      return new SessionsPage(context);
    case 'unknown':
      return undefined;
  }
}
