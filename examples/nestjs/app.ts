import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { sealform } from 'sealform/express'
import { KeeperGuard } from './keeper.guard.js'
import { NoticesActions } from './notices.actions.js'
import { NoticesController } from './notices.controller.js'
import { NoticesService } from './notices.service.js'
import { SessionsService } from './sessions.service.js'

@Module({
  controllers: [NoticesController],
  providers: [NoticesService, SessionsService, NoticesActions, KeeperGuard],
})
export class AppModule {}

/** Creates a notice board, whose keeper has the password "sesame". */
export async function createApp(): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: ['warn', 'error'] })
  // Before listen() and init(), so that it comes before Nest's body parsers.
  app.use(sealform(app.get(NoticesActions).registry))
  return app
}
