// Defines the globals of a page that React and its testing library expect. Import this file before them.
import { JSDOM } from 'jsdom';
// Before there is a page: lmdb would take its address for the place of its own files.
import 'lmdb';

const { window } = new JSDOM('<!doctype html><body></body>', { url: 'http://localhost/' });
const globals = { window, document: window.document, navigator: window.navigator };

for (const [name, value] of Object.entries(globals)) {
  Object.defineProperty(globalThis, name, { value, configurable: true });
}
