import type { Documentation, Snippet } from './documentation.js';

/** Matches inline code that is a command: a program with arguments. */
const COMMAND =
  /^(?:[A-Z_]+=\S+ )*(?:(?:apt-get|bash|brew|curl|docker|jest|kubectl|node|npm|npx|openssl|redis-cli|ulimit|wallet-sessions) |\.\w*\/)/;

/** The single commands of a script. */
export function commandsIn(script: string): string[] {
  return script
    .split(/\n|&&/)
    .map((command) => command.trim())
    .filter((command) => command !== '');
}

/** The commands in inline code, without duplicates, as snippets. */
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
