import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common'
import type { Request } from 'express'
import { SessionsService } from './sessions.service.js'

/** Shows a page to keepers only. Nest asks it about pages; `authorize` of the registry is asked about actions. */
@Injectable()
export class KeeperGuard implements CanActivate {
  constructor(private readonly sessions: SessionsService) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.sessions.isKeeper(context.switchToHttp().getRequest<Request>())) return true
    throw new UnauthorizedException()
  }
}
