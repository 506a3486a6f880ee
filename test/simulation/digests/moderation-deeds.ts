// What the people of the digest run do about applications, and operators about people. Suspensions are few and
// short, so that most can still act and read.

import { hashToken } from '../../../protocol/credentials.ts'
import type { Fields } from '../../../protocol/fields.ts'
import type { UserId } from '../../../protocol/ids.ts'
import { reportReasons } from '../../../protocol/moderation.ts'
import { pickValue } from '../../../protocol/pick.ts'
import type { OperationName } from '../../../protocol/registry.ts'
import { operations } from '../../../protocol/registry.ts'
import type { Deed } from './deed.ts'
import type { Crowd } from './privacy-deeds.ts'

type App = { readonly userId: UserId; readonly handle: string; readonly appId: number; key: string }
type Person = { readonly id: UserId; readonly handle: string }

const suspendedMax = 4
const action = { by: 'moira', reason: 'so it goes' }

export class ModerationDeeds {
  readonly #crowd: Crowd
  readonly #person: () => Person
  readonly #apps: App[] = []
  readonly #suspended: string[] = []
  #keys = 0

  constructor(crowd: Crowd, person: () => Person) {
    this.#crowd = crowd
    this.#person = person
  }

  next(): Deed | undefined {
    const draw = this.#crowd.random()
    if (draw < 0.25) return this.#create()
    if (draw < 0.5) return this.#takeQuota()
    if (draw < 0.6) return this.#change(draw)
    if (draw < 0.75) return this.#report(draw < 0.68)
    if (draw < 0.85) return this.#remove()
    return this.#suspend()
  }

  #create(): Deed {
    const { id: userId, handle } = this.#person()
    const isRetried = this.#crowd.random() < 0.3
    const operationId = isRetried ? { operationId: `app-${++this.#keys % 8}` } : {}
    const params = { name: `Rook ${userId % 97}`, ...operationId }
    return {
      name: 'app.create',
      actor: userId,
      params,
      learn: (answer) => {
        const appId = picked<number>('app.create', answer, ['app', 'id'])
        this.#apps.push({ userId, handle, appId, key: picked('app.create', answer, ['key']) })
      },
    }
  }

  #takeQuota(): Deed | undefined {
    const app = this.#app()
    if (app === undefined) return undefined
    const params = { userId: app.userId, keyHash: hashToken(app.key) }
    return { name: 'app.takeQuota', actor: 0, params }
  }

  #change(draw: number): Deed | undefined {
    const app = this.#app()
    if (app === undefined) return undefined
    const { userId, handle, appId } = app
    if (draw < 0.54) {
      const quota = Math.floor(this.#crowd.random() * 1e6)
      return { name: 'app.setQuota', actor: 0, params: { handle, appId, quota, ...action } }
    }
    if (draw >= 0.58) return { name: 'app.revoke', actor: userId, params: { appId } }
    const learn = (answer: Uint8Array): void => {
      app.key = picked('app.rotateKey', answer, ['key'])
    }
    return { name: 'app.rotateKey', actor: userId, params: { appId }, learn }
  }

  #report(isTweet: boolean): Deed | undefined {
    const actor = this.#crowd.anybody()
    const reason = reportReasons[Math.floor(this.#crowd.random() * reportReasons.length)]!
    const text = this.#crowd.random() < 0.5 ? { text: 'again and again' } : {}
    const tweetId = this.#crowd.tweetTalkedOf()
    if (isTweet && tweetId === undefined) return undefined
    return isTweet
      ? { name: 'tweet.report', actor, params: { tweetId, reason, ...text } }
      : {
          name: 'user.report',
          actor,
          params: { userId: this.#crowd.somebodyKnown(), reason, ...text },
        }
  }

  #remove(): Deed | undefined {
    const tweetId = this.#crowd.tweetTalkedOf()
    if (tweetId === undefined) return undefined
    return { name: 'tweet.remove', actor: 0, params: { tweetId, ...action } }
  }

  #suspend(): Deed {
    if (this.#suspended.length >= suspendedMax || this.#crowd.random() < 0.4) {
      const handle = this.#suspended.shift()
      if (handle !== undefined) {
        return { name: 'user.unsuspend', actor: 0, params: { handle, ...action } }
      }
    }
    const { handle } = this.#person()
    const learn = () => void this.#suspended.push(handle)
    return { name: 'user.suspend', actor: 0, params: { handle, ...action }, learn }
  }

  #app(): App | undefined {
    return this.#apps[Math.floor(this.#crowd.random() * this.#apps.length)]
  }
}

function picked<T>(name: OperationName, answer: Uint8Array, path: readonly string[]): T {
  return pickValue(operations[name].answer as Fields, answer, path) as T
}
