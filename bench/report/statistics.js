/** The middle of the values, with their extremes. */
export function spreadOf(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), min: sorted[0], max: sorted.at(-1) };
}

/** The value below which the fraction `q` of the values lies, by linear interpolation. */
export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const rest = position - below;
  return sorted[below] + (rest === 0 ? 0 : rest * (sorted[below + 1] - sorted[below]));
}

/** A value that was had once, in the form of {@link spreadOf}. */
export function single(value) {
  return { median: value, min: value, max: value };
}
