// A server component that shows the account. It cannot set cookies, so it does not refresh the session.
import { headers } from 'next/headers';
import { wallet } from '../wallet';

export default async function Page() {
  const received = new Headers(await headers());
  const session = await wallet().validate(received);
  return <p>{session === undefined ? 'Nobody is signed in.' : session.wallet}</p>;
}
