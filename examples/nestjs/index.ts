// A NestJS application with wallet sessions, and their REST API at /api.
//
//   npm run build && npx esbuild examples/nestjs/index.ts --bundle --packages=external --platform=node --format=esm | node --input-type=module
import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createWalletSessions, type Session } from 'wallet-sessions';
import { openEmbeddedStore } from 'wallet-sessions/embedded';
import { walletSessionsApi } from 'wallet-sessions/express';
import { CurrentSession, WalletSessionGuard } from './wallet-sessions.js';

const { PORT = '3000', ORIGIN = `http://localhost:${PORT}` } = process.env;
const directory = await mkdtemp(join(tmpdir(), 'wallet-sessions-example-'));
const walletSessions = createWalletSessions({
  store: openEmbeddedStore({ directory }),
  keys: [{ id: 'example', secret: Buffer.alloc(32, 'use a secret of your own') }],
  origins: [ORIGIN],
  cookies: true,
});

@Controller()
class MeController {
  @Get('me')
  @UseGuards(new WalletSessionGuard(walletSessions))
  me(@CurrentSession() session: Session) {
    return { wallet: session.wallet };
  }
}

@Module({ controllers: [MeController] })
class AppModule {}

// eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest takes plain options.
const app = await NestFactory.create(AppModule, { logger: ['error'], forceCloseConnections: true });
app.use('/api', walletSessionsApi(walletSessions));
await app.listen(PORT, '127.0.0.1');
console.log(await app.getUrl());

async function stop() {
  await app.close();
  await walletSessions.close();
  await rm(directory, { recursive: true });
}
process.once('SIGTERM', () => void stop());
