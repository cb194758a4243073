declare module 'on-headers' {
  import type { ServerResponse } from 'node:http';

  /** Calls `listener` once, when the headers of the response are about to be sent. */
  export default function onHeaders(response: ServerResponse, listener: () => void): void;
}
