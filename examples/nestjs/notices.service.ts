import { Injectable } from '@nestjs/common'

export interface Notice {
  readonly text: string
  readonly picture: string | undefined
}

/** Keeps the notices in memory. */
@Injectable()
export class NoticesService {
  readonly all: Notice[] = []

  add(notice: Notice): void {
    this.all.push(notice)
  }

  clear(): void {
    this.all.length = 0
  }
}
