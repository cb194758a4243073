// A route handler for requests with a session. It refreshes a session in cookies.
import { WalletSessionsError } from 'wallet-sessions';
import { clientOf, wallet } from '../../wallet';

export async function GET(request: Request): Promise<Response> {
  try {
    const { session, addTo } = await wallet().open(request, clientOf(request));
    if (session === undefined) throw new WalletSessionsError('UNAUTHENTICATED');
    const response = Response.json({ wallet: session.wallet });
    addTo(response);
    return response;
  } catch (error) {
    return wallet().refuse(error, request);
  }
}
