// Wallet sessions in NestJS: a guard, and a decorator for the session that the guard has let through.
import {
  createParamDecorator,
  HttpException,
  Injectable,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { WalletSessionsError, type Session, type WalletSessions } from 'wallet-sessions';
import { createFetchApi } from 'wallet-sessions/fetch';

type SessionRequest = Request & { walletSession?: Session };

/** Lets requests with a valid session through: `@UseGuards(new WalletSessionGuard(walletSessions))`. */
@Injectable()
export class WalletSessionGuard implements CanActivate {
  constructor(private readonly walletSessions: WalletSessions) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const [request, response] = [http.getRequest<SessionRequest>(), http.getResponse<Response>()];
    try {
      const session = await this.walletSessions.validateRequest(request, response);
      if (session === undefined) throw new WalletSessionsError('UNAUTHENTICATED');
      request.walletSession = session;
      return true;
    } catch (error) {
      const problem = createFetchApi(this.walletSessions).refuse(error);
      response.set(Object.fromEntries(problem.headers));
      throw new HttpException((await problem.json()) as object, problem.status);
    }
  }
}

/** A parameter decorator: the session of the request. */
export const CurrentSession = createParamDecorator(
  (_data: unknown, context: ExecutionContext) =>
    context.switchToHttp().getRequest<SessionRequest>().walletSession,
);
