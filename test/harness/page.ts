// Gives a test file a page: the globals that React and its testing library look for. Import it
// before those.
import { JSDOM } from 'jsdom';

const { window } = new JSDOM('<!doctype html><body></body>', { url: 'http://localhost/' });
const globals = { window, document: window.document, navigator: window.navigator };

for (const [name, value] of Object.entries(globals)) {
  Object.defineProperty(globalThis, name, { value, configurable: true });
}
