/** A failure of something that the service depends on. It is logged as a warning, not as an error of the service. */
export class Warning extends Error {
  override readonly name = 'Warning';
}
