// The model of how one comes in: sessions, and applications with their keys and quotas.

import { quotaWindowMs } from '../../protocol/limits.ts'

export type ModelApp = {
  readonly id: number
  readonly owner: number
  readonly name: string
  key: string
  quota: number
}

type Secret = readonly [owner: number, secret: string]

export class ModelAccounts {
  /** Tokens that are good, with their users; and those that are over, for good. */
  sessions: Secret[] = []
  endedSessions: Secret[] = []
  apps: ModelApp[] = []
  readonly endedKeys: Secret[] = []
  /** Requests that gateways were granted: application, window, how many. */
  readonly grants: [number, number, number][] = []

  endSessions(isOver: (session: Secret) => boolean): void {
    this.endedSessions = [...this.endedSessions, ...this.sessions.filter(isOver)]
    this.sessions = this.sessions.filter((session) => !isOver(session))
  }

  endKey({ owner, key }: ModelApp): void {
    this.endedKeys.push([owner, key])
  }

  revoke(app: ModelApp): void {
    this.endKey(app)
    this.apps = this.apps.filter((other) => other !== app)
  }

  /** What is left of a quota in the window of a time. */
  left({ id, quota }: ModelApp, nowMs: number): number {
    const grants = this.grants.filter(([app, window]) => app === id && window === windowOf(nowMs))
    const granted = grants.reduce((sum, [, , requests]) => sum + requests, 0)
    return Math.max(0, quota - granted)
  }

  grant({ id }: ModelApp, granted: number, nowMs: number): void {
    this.grants.push([id, windowOf(nowMs), granted])
  }

  leave(user: number): void {
    this.endSessions(([owner]) => owner === user)
    for (const app of this.apps.filter(({ owner }) => owner === user)) this.revoke(app)
  }
}

function windowOf(nowMs: number): number {
  return Math.floor(nowMs / quotaWindowMs)
}
