import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import MarkdownIt from 'markdown-it';

const ROOT = resolve(__dirname, '../..');

/** A fenced block of code in the documentation. */
export interface Snippet {
  /** The page and heading: `docs/client.md#sessions`, and `…#sessions-2` for the second snippet there. */
  readonly id: string;
  /** The file and line: `docs/client.md:151`. */
  readonly place: string;
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

/** Inline code in a sentence or a table. */
export interface InlineCode {
  readonly place: string;
  readonly text: string;
}

/** A link to a file of the repository, or to a heading of a page. */
export interface Link {
  readonly place: string;
  /** Relative to the root: `docs/client.md#react`. */
  readonly target: string;
}

export interface Documentation {
  readonly snippets: readonly Snippet[];
  readonly inline: readonly InlineCode[];
  readonly links: readonly Link[];
  /** Every page and every heading: `docs/client.md`, `docs/client.md#react`. */
  readonly targets: readonly string[];
}

/** Reads every page of the documentation, in order. */
export function readDocumentation(): Documentation {
  const pages = ['.', 'bench', 'client', 'docs', 'docs/decisions'].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.md'))
      .sort()
      .map((name) => (folder === '.' ? name : `${folder}/${name}`)),
  );
  const read = pages.map(readPage);
  return {
    snippets: read.flatMap(({ snippets }) => snippets),
    inline: read.flatMap(({ inline }) => inline),
    links: read.flatMap(({ links }) => links),
    targets: read.flatMap(({ targets }) => targets),
  };
}

function readPage(page: string): Documentation {
  const snippets: Snippet[] = [];
  const inline: InlineCode[] = [];
  const links: Link[] = [];
  const targets = [page];
  const seen = new Map<string, number>();
  let heading = '';
  let line = 0;
  const tokens = new MarkdownIt({ html: true }).parse(readFileSync(join(ROOT, page), 'utf8'), {});
  tokens.forEach((token, index) => {
    // Table cells have no line number.
    line = token.map?.[0] ?? line;
    const place = `${page}:${line + 1}`;
    if (token.type === 'heading_open') {
      heading = slugOf(tokens[index + 1]?.content ?? '');
      targets.push(`${page}#${heading}`);
    }
    if (token.type === 'fence' || token.type === 'code_block') {
      const nth = (seen.get(heading) ?? 0) + 1;
      seen.set(heading, nth);
      const id = `${page}#${heading}${nth === 1 ? '' : `-${nth}`}`;
      snippets.push({ id, place, page, language: token.info, text: token.content });
    }
    for (const child of token.children ?? []) {
      const anchor = /^<a id="([\w-]+)">$/.exec(
        child.type === 'html_inline' ? child.content : '',
      )?.[1];
      if (anchor !== undefined) targets.push(`${page}#${anchor}`);
      if (child.type === 'code_inline') inline.push({ place, text: child.content });
      const to = decodeURI(String(child.attrGet('href') ?? child.attrGet('src') ?? ''));
      if (to !== '' && !/^\w+:/.test(to)) links.push({ place, target: fromRoot(page, to) });
    }
  });
  return { snippets, inline, links, targets };
}

function fromRoot(page: string, link: string): string {
  const [path = '', heading] = link.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  return heading === undefined ? file : `${file}#${heading}`;
}

/** The anchor that GitHub makes for a heading. */
function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}
