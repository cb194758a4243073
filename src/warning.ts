/** What an operator is told of, and no fault of the service: something that it depends on has failed. */
export class Warning extends Error {
  override readonly name = 'Warning';
}
