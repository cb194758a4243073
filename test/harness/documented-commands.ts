import type { Documentation, Snippet } from './documentation.js';

/** What makes a piece of inline code a command: a program, with what it is told. */
const COMMAND =
  /^(?:[A-Z_]+=\S+ )*(?:(?:apt-get|bash|brew|curl|docker|jest|kubectl|node|npm|npx|openssl|redis-cli|ulimit|wallet-sessions) |\.\w*\/)/;

/** The parts of a script that can be listed, each as it stands there. */
export function commandsIn(script: string): string[] {
  return script
    .split(/\n|&&/)
    .map((command) => command.trim())
    .filter((command) => command !== '');
}

/** The commands that sentences and tables have in `code`, each once, as snippets of their own. */
export function inlineCommands({ inline }: Documentation): Snippet[] {
  const byText = new Map(
    inline
      .filter(({ text }) => COMMAND.test(text) && !isSynopsis(text))
      .map(({ place, text }) => [text, place]),
  );
  return Array.from(byText, ([text, place]) => ({
    id: `commands#${text
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-')}`,
    place,
    page: place.split(':')[0] ?? '',
    language: 'sh',
    text: `${text}\n`,
  }));
}

const isSynopsis = (text: string) => /^wallet-sessions .*[<|[]/.test(text);
