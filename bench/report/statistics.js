/** The middle of the values, with their extremes, and where the middle of all that could be measured is likely to be. */
export function spreadOf(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const interval = intervalOfMedian(sorted);
  return {
    median: quantile(sorted, 0.5),
    min: sorted[0],
    max: sorted.at(-1),
    ...(interval !== undefined && { interval }),
  };
}

/**
 * A confidence interval of the median by order statistics, of 95 % or a little more, whatever the distribution: how many
 * of the values lie below the true median is binomial, each by an even chance. So it lies outside of the k-th least
 * and the k-th greatest by the chance that fewer than k of the values are below, or above; k is as great as that allows.
 * Of fewer than six values, not even the extremes are certain enough.
 */
function intervalOfMedian(sorted) {
  const count = sorted.length;
  let k = 0;
  // That exactly k are below, and that fewer are.
  let exactly = 0.5 ** count;
  let fewer = 0;
  while (2 * (fewer + exactly) <= 0.05) {
    fewer += exactly;
    exactly *= (count - k) / (k + 1);
    k += 1;
  }
  return k === 0 ? undefined : [sorted[k - 1], sorted[count - k]];
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
