const SIZE = 8;

/** The marks on the ground of each series: none, stripes, dots, a grid and steeper stripes. */
const MARKS = [
  undefined,
  'M-2 2 2-2M0 8 8 0M6 10 10 6',
  'M4 4h.01',
  'M0 4h8M4 0v8',
  'M0 2h8M0 6h8',
] as const;

/** The fill of a series, which can be told from the others without its colour. Its colour is that of its class. */
export function Pattern({ id, index }: { readonly id: string; readonly index: number }) {
  const marks = MARKS[index % MARKS.length];
  return (
    <pattern id={id} width={SIZE} height={SIZE} patternUnits="userSpaceOnUse">
      <rect width={SIZE} height={SIZE} className={`series-ground-${index}`} />
      {marks !== undefined && (
        <path
          d={marks}
          className={`series-marks-${index}`}
          fill="none"
          strokeLinecap="round"
          strokeWidth={index === 2 ? 3 : 1.5}
        />
      )}
    </pattern>
  );
}
