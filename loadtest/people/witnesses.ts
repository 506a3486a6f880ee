// Witnesses: say when everything that was acknowledged has been heard of everywhere.
//
// What one user has done is known at once to the shard where they live, and to the others a moment later. Where the
// next action relies on it (whoever was blocked follows again), the run waits. A partition's log is heard in order,
// so it is enough to see its end: one witness in each partition changes its name, and each of them, on whatever
// shard it lives, waits until it sees the new names of all. One list holds them, so a look is one request.
//
// What the hearing itself makes a shard write (a follow that ends because of a block) is behind the first look, and
// before the second one.

import { setTimeout as delay } from 'node:timers/promises'
import type { UserId } from '../../protocol/ids.ts'
import { partitionOfHandle, partitionOfId, partitionsMax } from '../../protocol/ids.ts'
import { pageLimitMax } from '../../protocol/limits.ts'
import { Client } from '../client/client.ts'
import { forEachBounded } from '../std/bounded.ts'
import { retriesMax } from './performer.ts'

type Witness = { readonly id: number; readonly client: Client }
type Resident = { readonly id: number; readonly handle: string }

const looksAtOnce = 16
const pauseMs = 5
const waitMsMax = 30_000

export class Witnesses implements AsyncDisposable {
  readonly #witnesses: readonly Witness[]
  readonly #listId: number
  #round = 0

  private constructor(witnesses: readonly Witness[], listId: number) {
    this.#witnesses = witnesses
    this.#listId = listId
  }

  /**
   * Signs one up in each partition in which one of those who act lives. Throws CallFailure.
   * @param options.prefix of their handles
   */
  static async open(options: {
    readonly url: string
    readonly prefix: string
    readonly password: string
    readonly residents: readonly Resident[]
  }): Promise<Witnesses> {
    const { url, prefix, password, residents } = options
    const witnesses: Witness[] = []
    await forEachBounded(handlesFor(residents, prefix), looksAtOnce, async (handle) => {
      const client = await Client.open({ url, retriesMax })
      const { user } = await client.call('account.create', { handle, name: handle, password })
      witnesses.push({ id: user.id, client })
    })
    const { client } = witnesses[0]!
    const { list } = await client.call('list.create', { name: 'witnesses' })
    for (const { id } of witnesses) {
      await client.call('list.addMember', { listId: list.id, userId: id as UserId })
    }
    const opened = new Witnesses(witnesses, list.id)
    // Until the list is known to a shard, another one answers for it.
    await opened.settle()
    return opened
  }

  /** Waits until everything that was acknowledged before this call is known to every shard. */
  async settle(): Promise<void> {
    await this.#look()
    await this.#look()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { client } of this.#witnesses) client.close()
  }

  async #look(): Promise<void> {
    const name = `round ${++this.#round}`
    await Promise.all(this.#witnesses.map(({ client }) => client.call('user.update', { name })))
    const deadlineMs = performance.now() + waitMsMax
    await forEachBounded(this.#witnesses, looksAtOnce, async ({ client }) => {
      while (!(await this.#seesAll(client, name))) {
        if (performance.now() > deadlineMs) {
          throw new Error(`what was acknowledged is not known everywhere after ${waitMsMax} ms`)
        }
        await delay(pauseMs)
      }
    })
  }

  async #seesAll(client: Client, name: string): Promise<boolean> {
    let seen = 0
    let before: number | undefined
    do {
      const page = before === undefined ? {} : { before }
      const asked = { listId: this.#listId, limit: pageLimitMax, ...page }
      const { users, olderCursor } = await client.call('list.members', asked)
      if (users.some((user) => user.name !== name)) return false
      seen += users.length
      before = olderCursor
    } while (before !== undefined)
    return seen === this.#witnesses.length
  }
}

/** A handle for each partition in which somebody lives. */
function handlesFor(residents: readonly Resident[], prefix: string): string[] {
  const count = partitionCountOf(residents)
  const wanted = new Set<number>(residents.map(({ id }) => partitionOfId(id)))
  const handles: string[] = []
  for (let number = 0; wanted.size > 0; number++) {
    const handle = `${prefix}${number}`
    if (wanted.delete(partitionOfHandle(handle, count))) handles.push(handle)
  }
  return handles
}

/** How many partitions there are: the handles of all say where they live. */
function partitionCountOf(residents: readonly Resident[]): number {
  for (let count = 1; count <= partitionsMax; count++) {
    const fits = ({ id, handle }: Resident) =>
      partitionOfHandle(handle, count) === partitionOfId(id)
    if (residents.every(fits)) return count
  }
  throw new Error('no number of partitions fits where the users live')
}
