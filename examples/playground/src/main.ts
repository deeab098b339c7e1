/** The playground: the form on one side, the page with the widget on the other, the address in between. */
import { fromHash, toHash, withChoice, type Choices } from './choices.ts';
import { drawControls } from './controls.ts';
import { byId } from './element.ts';
import { Preview } from './preview.ts';
import { SnippetPanel } from './snippet-panel.ts';

const controls = byId('controls', HTMLElement);
const frame = byId('frame', HTMLIFrameElement);
const timing = byId('timing', HTMLElement);
const announcement = byId('announcement', HTMLElement);
const toggle = byId('toggle', HTMLButtonElement);

/** The same words said twice are two announcements. */
function say(text: string): void {
  announcement.replaceChildren(document.createTextNode(text));
}

const panel = new SnippetPanel(say);
let choices = fromHash(location.hash);
const preview = Preview.load(frame, choices, {
  onTitle: (title) => {
    byId('frame-title', HTMLElement).textContent = title;
  },
  onTiming: (text) => {
    timing.textContent = text;
  },
  onOpen: (isOpen) => {
    toggle.textContent = isOpen ? 'Close the chat' : 'Open the chat';
  },
});

function show(changed: Choices): void {
  choices = changed;
  const hash = toHash(choices);
  history.replaceState(null, '', hash === '' ? location.pathname + location.search : `#${hash}`);
  say('');
  showAround();
  panel.show(choices);
  void preview.then((loaded) => {
    loaded.show(choices);
  });
}

/** What stands around the frame. */
function showAround(): void {
  toggle.hidden = choices.has('mode');
  timing.hidden = !choices.has('connection.hasTiming');
}

function drawAll(): void {
  controls.replaceChildren(
    ...drawControls(choices, (field, value) => {
      show(withChoice(choices, field, value));
    }),
  );
}

function showView(view: string): void {
  document.body.dataset.view = view;
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-show]'))
    button.setAttribute('aria-pressed', String(button.dataset.show === view));
}

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-show]'))
  button.addEventListener('click', () => {
    showView(button.dataset.show ?? 'controls');
  });
byId('reset', HTMLButtonElement).addEventListener('click', () => {
  show(new Map());
  drawAll();
  say('Everything is as it was');
});
byId('copy-link', HTMLButtonElement).addEventListener('click', () => {
  navigator.clipboard.writeText(location.href).then(
    () => {
      say('Link copied');
    },
    () => {
      say('The link is this page’s address');
    },
  );
});
byId('phone', HTMLButtonElement).addEventListener('click', ({ currentTarget }) => {
  const isPhone = byId('stage', HTMLElement).classList.toggle('is-phone');
  if (currentTarget instanceof HTMLElement) currentTarget.setAttribute('aria-pressed', String(isPhone));
});
toggle.addEventListener(
  'click',
  () =>
    void preview.then((loaded) => {
      loaded.toggle();
    }),
);
// A link that was pasted into the same tab, or the way back.
addEventListener('hashchange', () => {
  show(fromHash(location.hash));
  drawAll();
});

showView('controls');
drawAll();
showAround();
panel.show(choices);
// On a phone it would cover the page before anybody has seen it; a teaser stands beside a closed one.
const isOpenAtFirst = !choices.has('mode') && !choices.has('launcher.teaser');
if (isOpenAtFirst && matchMedia('(min-width: 900px)').matches) (await preview).openQuietly(frame);
