const CELLS = 5;
const HALF = Math.ceil(CELLS / 2);

/** A picture that is made from an account id: the same account looks the same everywhere, and others differ. */
export function Avatar({ of, size = 28 }: { readonly of: string; readonly size?: number }) {
  const next = randomFrom(of);
  const hue = Math.floor(next() * 360);
  const colour = `hsl(${hue} 62% 42%)`;
  const background = `hsl(${(hue + 30 + Math.floor(next() * 60)) % 360} 70% 88%)`;
  const cells = Array.from({ length: CELLS * HALF }, (_, index) => ({
    x: index % HALF,
    y: Math.floor(index / HALF),
    isFilled: next() < 0.52,
  })).filter(({ isFilled }) => isFilled);
  return (
    <svg width={size} height={size} viewBox="-1.5 -1.5 8 8" className="avatar" aria-hidden="true">
      <rect x="-1.5" y="-1.5" width="8" height="8" fill={background} />
      <path
        fill={colour}
        d={cells
          .flatMap(({ x, y }) => [x, CELLS - 1 - x].map((column) => `M${column} ${y}h1v1h-1z`))
          .join('')}
      />
    </svg>
  );
}

/** Numbers from 0 to 1 that follow from a text: FNV-1a as the seed of xorshift. */
function randomFrom(text: string): () => number {
  let state = 2_166_136_261;
  for (const character of text) {
    state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16_777_619);
  }
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
