/** The playground: connects the form, the preview page with the widget, the code panel and the URL. */
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

/** Announces a text in the status region. A new text node makes screen readers announce the same text again. */
function announce(text: string): void {
  announcement.replaceChildren(document.createTextNode(text));
}

const panel = new SnippetPanel(announce);
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
  announce('');
  updateFrameControls();
  panel.show(choices);
  void preview.then((loaded) => {
    loaded.show(choices);
  });
}

/** Shows or hides the controls around the preview. */
function updateFrameControls(): void {
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
  announce('All options were reset');
});
byId('copy-link', HTMLButtonElement).addEventListener('click', () => {
  navigator.clipboard.writeText(location.href).then(
    () => {
      announce('Link copied');
    },
    () => {
      announce('Copying failed: copy the URL of this page');
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
// The user has opened another link to this page, or has navigated back.
addEventListener('hashchange', () => {
  show(fromHash(location.hash));
  drawAll();
});

showView('controls');
drawAll();
updateFrameControls();
panel.show(choices);
// The chat is opened only where it does not cover the whole page, and not when there is a teaser, which a closed chat shows.
const isOpenAtFirst = !choices.has('mode') && !choices.has('launcher.teaser');
if (isOpenAtFirst && matchMedia('(min-width: 900px)').matches) (await preview).openQuietly(frame);
