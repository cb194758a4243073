// The REST API of wallet sessions.
import { clientOf, wallet } from '../../../wallet';

const serve = (request: Request) => wallet().handler(request, clientOf(request));
export { serve as GET, serve as POST };
