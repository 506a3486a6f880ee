// The link to a gateway as a shard sees it: collects what is pushed, decoded strictly.

import { lostPushCode } from '../../protocol/cluster.ts'
import { pushesByCode } from '../../protocol/pushes/index.ts'
import type { GatewayLink } from '../../shard/live/live-subscribers.ts'
import { decodeStrictly } from './strict-decode.ts'

export type PushSeen = {
  readonly name: string
  readonly slots: readonly number[]
  readonly data: Record<string, unknown>
}

export class FakeGateway implements GatewayLink {
  pushes: PushSeen[] = []
  /** Who was told that a push for them was not made. */
  readonly lost: number[] = []
  readonly endedSessions: string[] = []

  push({ code, slots, count, data }: Parameters<GatewayLink['push']>[0]): void {
    if (code === lostPushCode) {
      this.lost.push(...slots.subarray(0, count))
      return
    }
    const push = pushesByCode.get(code)!
    const decoded = decodeStrictly(push.data, data)
    this.pushes.push({ name: push.name, slots: [...slots.subarray(0, count)], data: decoded })
  }

  sessionEnded(tokenHash: string): void {
    this.endedSessions.push(tokenHash)
  }

  /** What was pushed since the last call. */
  take(): PushSeen[] {
    const taken = this.pushes
    this.pushes = []
    return taken
  }
}
