/** Drawn on a grid of 24, with lines in the colour of the text. */
const SHAPES = {
  alert:
    'M12 8.5v4.5m0 3.2v.1M10.3 3.9 2.6 17.4A2 2 0 0 0 4.3 20.4h15.4a2 2 0 0 0 1.7-3L13.7 3.9a2 2 0 0 0-3.4 0Z',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  arrow: 'm9.5 6 6 6-6 6',
  chevron: 'm7 10 5 5 5-5',
  close: 'M6 6l12 12M18 6 6 18',
  copy: 'M9 9h10v11H9zM15 9V4H5v11h4',
  desktop: 'M3.5 4.5h17v11h-17zM9 20h6m-3-4.5V20',
  laptop: 'M5.5 5h13v10h-13zM2.5 18.5h19',
  phone: 'M7.5 2.5h9v19h-9zM11 18.5h2',
  tablet: 'M5 3h14v18H5zM11 18h2',
  program: 'M3.5 4.5h17v15h-17zM7 9.5l3 2.5-3 2.5m6 .5h4',
  unknown: 'M3.5 4.5h17v11h-17zM9 20h6m-3-4.5V20',
  shield: 'M12 3 5 5.7v5.6c0 4.3 2.9 7.7 7 9.2 4.1-1.5 7-4.9 7-9.2V5.7zM9 12l2.2 2.2L15.2 10',
  signIn: 'M14 4h5v16h-5M4 12h11m-4-4.5 4.5 4.5-4.5 4.5',
  signOut: 'M10 4H5v16h5m-1-8h11m-4.5-4.5L20 12l-4.5 4.5',
  refresh: 'M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9M19.5 4v5h-5',
  wallet: 'M4 7.5A2.5 2.5 0 0 1 6.5 5H17v3M4 7.5v9A2.5 2.5 0 0 0 6.5 19H20V8H6.5M16 13.5h.1',
} as const;

export type IconName = keyof typeof SHAPES;

/** An icon beside words that say the same. */
export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={SHAPES[name]} />
    </svg>
  );
}
