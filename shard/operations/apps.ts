// Applications: what their operations share. The facts are kept where the developer is hosted.
//
// A quota is counted in windows that begin at whole multiples of 15 minutes. Gateways count requests; what they
// may let through they are granted beforehand, piece by piece, by an entry in the developer's log:
//
//   quota 15,000      gateway 1 takes 938, gateway 2 takes 879, gateway 1 takes 824 …   left: 12,359
//
// So whatever the number of gateways, and whatever is killed: never is more let through than the quota. The error is
// on the other side alone: a program may be refused while other gateways still hold what they were granted and
// have not used, each at most a sixteenth of what was left then, or `quotaGrantMin`. With one gateway there is none.
// A grant whose answer was lost counts as used. After an operator has lowered a quota, what was granted may still be
// used in this window.

import type { App, AppRecord } from '../../protocol/apps.ts'
import { appField } from '../../protocol/apps.ts'
import type { UserId } from '../../protocol/ids.ts'
import { partitionOfId, timeOfId } from '../../protocol/ids.ts'
import { quotaWindowMs } from '../../protocol/limits.ts'
import type { MessagePackWriter } from '../../protocol/message-pack.ts'
import { writeValue } from '../../protocol/message-pack.ts'
import type { No, View } from './implement.ts'
import { isSuspended } from './visibility.ts'

/** A gateway is granted this part of what is left: the smaller, the more entries and the fairer the end. */
export const quotaGrantParts = 16
/** But not less than this, as long as there is so much: a few frames full of requests. */
export const quotaGrantMin = 128

/** The key of decisions about the applications of one developer. */
export function claimOfApps(userId: UserId): string {
  return `apps ${userId}`
}

/** One of the actor's own applications. */
export function findOwnApp(view: View, userId: UserId, appId: number): AppRecord | No<never> {
  const app = view.apps.find(userId, appId)
  return app ?? { kind: 'absent', partition: partitionOfId(userId), field: 'appId' }
}

/** The application of a key; undefined where there is none, or its developer is suspended or has left. */
export function appOfKey(
  view: View,
  { userId, keyHash }: { readonly userId: UserId; readonly keyHash: string },
): AppRecord | undefined {
  const developer = view.users.find(userId)
  if (developer < 0 || isSuspended(view, developer)) return undefined
  return view.apps.listOf(userId).find((app) => app.keyHash === keyHash)
}

/** How an application's quota stands. `window` never goes back, whatever the clock of a new primary says. */
export function quotaAt(
  app: AppRecord,
  nowMs: number,
): { readonly window: number; readonly left: number; readonly windowLeftMs: number } {
  const window = Math.max(Math.floor(nowMs / quotaWindowMs), app.grantWindow)
  const granted = window === app.grantWindow ? app.granted : 0
  const endsInMs = (window + 1) * quotaWindowMs - nowMs
  return {
    window,
    left: Math.max(0, app.quota - granted),
    windowLeftMs: Math.min(quotaWindowMs, Math.max(1, Math.ceil(endsInMs))),
  }
}

/** What is granted to a gateway that asks while so much is left. */
export function grantOf(left: number): number {
  return Math.min(left, Math.max(quotaGrantMin, Math.ceil(left / quotaGrantParts)))
}

/** Writes an application as `appField` says. */
export function writeApp(writer: MessagePackWriter, record: AppRecord): void {
  const { id, name, description, url, quota } = record
  const app: App = {
    id,
    name,
    quota,
    createdAt: timeOfId(id),
    ...(description === undefined ? {} : { description }),
    ...(url === undefined ? {} : { url }),
  }
  writeValue(writer, appField, app)
}
