// What people write about and whom one may want to follow: read anew now and then, and shown meanwhile.

import { RequestFailure } from '../../../protocol/errors.ts'
import type { UserId } from '../../../protocol/ids.ts'
import type { Call, CallAnswer } from '../wire/call.ts'
import { discoveriesFreshMs, suggestionsShown, trendsShown } from '../wire/limits.ts'
import { Cell } from './cell.ts'
import type { Entities } from './entities.ts'

export type Trend = CallAnswer<'trends.list'>['trends'][number]

export class Discoveries {
  readonly trends: Cell<readonly Trend[]> = new Cell<readonly Trend[]>([])
  readonly suggestions: Cell<readonly UserId[]> = new Cell<readonly UserId[]>([])
  readonly #call: Call
  readonly #entities: Entities
  readonly #isStranger: boolean
  #readAtMs = Number.NEGATIVE_INFINITY

  constructor(parts: {
    readonly call: Call
    readonly entities: Entities
    readonly isStranger: boolean
  }) {
    this.#call = parts.call
    this.#entities = parts.entities
    this.#isStranger = parts.isStranger
  }

  /** Reads both, unless that was done a moment ago. What cannot be read is not missed. */
  refresh(): void {
    const nowMs = performance.now()
    if (nowMs - this.#readAtMs < discoveriesFreshMs) return
    this.#readAtMs = nowMs
    void quietly(this.#readTrends())
    if (!this.#isStranger) void quietly(this.#readSuggestions())
  }

  async #readTrends(): Promise<void> {
    const { trends } = await this.#call('trends.list', { limit: trendsShown })
    this.trends.set(trends)
  }

  async #readSuggestions(): Promise<void> {
    const { users } = await this.#call('user.suggestions', { limit: suggestionsShown })
    this.#entities.learn({ users })
    this.suggestions.set(users.map(({ id }) => id))
  }
}

async function quietly(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof RequestFailure)) throw error
  }
}
